using System.Net;
using System.Text;
using Certctl.AcmeService.Protocol;

namespace Certctl.AcmeService.Validation.Http01;

/// <summary>http-01 (RFC 8555 8.3, RFC 8738 4): the key authorization lies at a well-known path.</summary>
internal sealed class Http01Validator(HttpFetch fetch, ValidationSettings settings)
{
    public async Task<ValidationResult> ValidateAsync(ValidationRequest request, CancellationToken cancellationToken)
    {
        var url = ChallengeUrl(request);
        var visited = new HashSet<string>(StringComparer.Ordinal);
        while (true)
        {
            if (!visited.Add(url.GetLeftPart(UriPartial.Query))) return Redirect(url, "comes back to a URL already visited");
            var (answer, failure) = await fetch.GetAsync(url, request.AllowPrivateAddresses, cancellationToken);
            if (answer is null) return failure!;
            if (!RedirectRules.IsRedirect(answer.Status)) return Judge(url, answer, request.KeyAuthorization);
            if (visited.Count > RedirectRules.MaxCount) return Redirect(url, $"is one more than the {RedirectRules.MaxCount} that are followed");
            var (next, problem) = RedirectRules.Follow(url, answer.Location, settings.Http01Port, settings.TlsAlpn01Port);
            if (next is null) return Redirect(url, problem!);
            url = next;
        }
    }

    private Uri ChallengeUrl(ValidationRequest request)
    {
        var host = request.Identifier.Value.Contains(':') ? $"[{request.Identifier.Value}]" : request.Identifier.Value;
        return new Uri($"http://{host}:{settings.Http01Port}/.well-known/acme-challenge/{request.Token}");
    }

    /// <summary>What was fetched is never repeated: it may be the page of a neighbour that the client must not read (RFC 8555 10.4).</summary>
    private static ValidationResult Judge(Uri url, HttpAnswer answer, string keyAuthorization)
    {
        var problem = answer switch
        {
            { Status: not HttpStatusCode.OK } => $"has status {(int)answer.Status}, not 200",
            { Body: null } => $"is longer than {HttpFetch.MaxBodyLength} bytes, and so not the key authorization",
            // Whitespace at the end is ignored (RFC 8555 8.3).
            _ when !Encoding.Latin1.GetString(answer.Body).TrimEnd(' ', '\t', '\r', '\n').Equals(keyAuthorization, StringComparison.Ordinal) =>
                "is not the key authorization",
            _ => null,
        };
        return problem is null
            ? ValidationResult.Valid
            : ValidationResult.Final(Problems.IncorrectResponse($"The answer of {RedirectRules.HostOf(url)} on port {url.Port} {problem}."));
    }

    private static ValidationResult Redirect(Uri url, string problem) =>
        ValidationResult.Final(Problems.Connection($"The redirect by {RedirectRules.HostOf(url)} on port {url.Port} {problem}."));
}
