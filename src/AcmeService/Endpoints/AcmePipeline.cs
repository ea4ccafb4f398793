using Certctl.AcmeService.Profiles;
using Certctl.AcmeService.Protocol;
using Certctl.AcmeService.RateLimits;
using Certctl.Core.Domain.Profiles;
using Certctl.Core.Hosting;
using Certctl.Core.Hosting.Settings;

namespace Certctl.AcmeService.Endpoints;

/// <summary>A request that needs no signature.</summary>
/// <param name="Id">The id in the path, if it has one.</param>
public sealed record PublicRequest(AcmeUrls Urls, CertificateProfile Profile, string Id, bool IsHead);

/// <summary>From HTTP to a resource and back: profile, signature, answer, metrics; whatever goes wrong is a problem document.</summary>
public sealed class AcmePipeline(
    ProfileCache profiles, RequestReader reader, AnswerWriter writer, AddressLimits addresses, AcmeSettings settings, ServerSettings server, TimeProvider time,
    ILogger<AcmePipeline> logger)
{
    private const string Shorthand = "/acme";

    public Task AnswerPublicAsync(HttpContext http, AcmeMetrics metrics, Func<PublicRequest, CancellationToken, Task<AcmeAnswer>> handle) =>
        AnswerAsync(http, metrics, (urls, profile) => handle(
            new PublicRequest(urls, profile, IdOf(http), HttpMethods.IsHead(http.Request.Method)), http.RequestAborted), isPublic: true);

    public Task AnswerSignedAsync(
        HttpContext http, AcmeMetrics metrics, KeyUse key, PayloadUse payload, Func<SignedRequest, CancellationToken, Task<AcmeAnswer>> handle) =>
        AnswerAsync(http, metrics, async (urls, profile) =>
        {
            var (request, problem) = await reader.ReadAsync(http, urls, UrlOf(http), profile, IdOf(http), key, payload);
            // What no account signed counts against its address: once that has no more, the refusal is told instead of the cause.
            return request is null ? addresses.Refuse(http, urls) ?? problem! : await handle(request, http.RequestAborted);
        });

    /// <summary>A refusal that concerns no profile.</summary>
    public Task RefuseAsync(HttpContext http, string? allow, AcmeProblem problem)
    {
        if (allow is not null) http.Response.Headers.Allow = allow;
        return writer.WriteAsync(http, UrlsOf(http), problem);
    }

    private async Task AnswerAsync(
        HttpContext http, AcmeMetrics metrics, Func<AcmeUrls, CertificateProfile, Task<AcmeAnswer>> answer, bool isPublic = false)
    {
        var started = time.GetTimestamp();
        var urls = UrlsOf(http);
        AcmeAnswer result;
        try
        {
            var refused = isPublic ? addresses.Refuse(http, urls) : null;
            var (profile, problem) = refused is null ? await ProfileOfAsync(http) : (null, refused);
            result = profile is null ? problem! : await answer(urls, profile);
        }
        catch (OperationCanceledException) when (http.RequestAborted.IsCancellationRequested)
        {
            return;
        }
        catch (BadHttpRequestException e)
        {
            result = Problems.Malformed(e.Message, e.StatusCode);
        }
        catch (Exception e)
        {
            result = WhatWentWrong(e);
        }

        metrics.Record(result, time.GetElapsedTime(started));
        await writer.WriteAsync(http, urls, result);
    }

    private AcmeProblem WhatWentWrong(Exception e)
    {
        if (e is OverloadException) return Problems.Unavailable(e.Message);
        if (Outage.IsOfDatabaseOrTimeOut(e))
        {
            logger.LogWarning("An ACME request failed for want of the database: {Reason}", e.Message);
            return Problems.Unavailable("The database is away for the moment.");
        }

        logger.LogError(e, "An ACME request failed");
        return Problems.ServerInternal();
    }

    private async ValueTask<(CertificateProfile?, AcmeProblem?)> ProfileOfAsync(HttpContext http)
    {
        var id = http.Request.RouteValues["profile"] as string ?? settings.DefaultProfileId;
        if (id is null) return (null, Problems.UserActionRequired("This server has no default profile; use /acme/profile/{id}/directory.", null));
        var profile = id.Length > Core.Domain.Identifiers.MaxLength ? null : await profiles.FindAsync(id, http.RequestAborted);
        return profile is null
            ? (null, Problems.UserActionRequired("There is no profile of this id that serves ACME.", null, 404))
            : (profile, null);
    }

    private static string IdOf(HttpContext http) => http.Request.RouteValues["id"] as string ?? "";

    private AcmeUrls UrlsOf(HttpContext http) => new(OriginOf(http) + (http.Request.RouteValues["profile"] is string profile
        ? $"{Shorthand}/profile/{Uri.EscapeDataString(profile)}"
        : Shorthand));

    private string UrlOf(HttpContext http) => $"{OriginOf(http)}{http.Request.Path}{http.Request.QueryString}";

    /// <summary>The configured name binds signatures to this server, whatever a Host header says.</summary>
    private string OriginOf(HttpContext http) =>
        server.AcmePublicUrl?.ToString().TrimEnd('/') ?? $"{http.Request.Scheme}://{http.Request.Host}";
}
