using System.Globalization;
using Certctl.AcmeService.Nonces;
using Microsoft.Net.Http.Headers;

namespace Certctl.AcmeService.Endpoints;

/// <summary>The one place where ACME answers leave: each, errors included, with a fresh nonce and the way to the directory.</summary>
public sealed class AnswerWriter(NonceMint nonces)
{
    public async Task WriteAsync(HttpContext context, AcmeUrls urls, AcmeAnswer answer)
    {
        var response = context.Response;
        response.StatusCode = answer.Status;
        var headers = response.Headers;
        headers["Replay-Nonce"] = nonces.Issue();
        headers.CacheControl = answer.CacheControl;
        // RFC 8555 6.1: clients in browsers may use a server that is generally accessible; there are no cookies to guard.
        headers.AccessControlAllowOrigin = "*";
        headers.AccessControlExposeHeaders = "Link, Location, Replay-Nonce, Retry-After";
        if (!answer.IsDirectory) headers.Append(HeaderNames.Link, AcmeAnswer.Link(urls.Directory, "index"));
        foreach (var link in answer.Links) headers.Append(HeaderNames.Link, link);
        if (answer.Location is not null) headers.Location = answer.Location;
        if (answer.RetryAfter is { } wait) headers.RetryAfter = Math.Max(1, (long)Math.Ceiling(wait.TotalSeconds)).ToString(CultureInfo.InvariantCulture);
        if (answer.ContentType is null)
        {
            // Simple clients would wait for a body after a HEAD that does not say.
            if (answer.Status == StatusCodes.Status200OK) response.ContentLength = 0;
            return;
        }

        response.ContentType = answer.ContentType;
        response.ContentLength = answer.Body.Length;
        if (!HttpMethods.IsHead(context.Request.Method)) await response.Body.WriteAsync(answer.Body, context.RequestAborted);
    }
}
