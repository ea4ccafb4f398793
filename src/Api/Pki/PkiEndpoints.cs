using Certctl.Core.Hosting.Settings;
using Certctl.Core.Issuance;
using Certctl.Core.Persistence;
using Certctl.Core.Pki;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;

namespace Certctl.Api.Pki;

/// <summary>What relying parties fetch: CRL, OCSP and CA certificates. No token: it is public.</summary>
internal static class PkiEndpoints
{
    public const string Path = "/.well-known/pki";
    private static readonly TimeSpan OcspLifetime = TimeSpan.FromHours(1);

    /// <summary>The plain-http port serves /.well-known/pki and nothing else.</summary>
    public static void UsePkiPort(this WebApplication app)
    {
        var port = app.Services.GetRequiredService<ServerSettings>().PkiPort;
        app.Use((context, next) =>
        {
            if (context.Connection.LocalPort != port || context.Request.Path.StartsWithSegments(Path)) return next(context);
            context.Response.StatusCode = StatusCodes.Status404NotFound;
            return Task.CompletedTask;
        });
    }

    public static void MapPki(this IEndpointRouteBuilder app)
    {
        var pki = app.MapGroup(Path).AllowAnonymous().ExcludeFromDescription().AddEndpointFilter<DatabaseOutage>();
        pki.MapGet("/crl/{issuer_id}.crl", GetCrl);
        pki.MapGet("/ca/{authority_id}.crt", GetCaCertificate);
        pki.MapPost("/ocsp/{issuer_id}", PostOcsp).WithMetadata(new AnswersOcsp());
        pki.MapGet("/ocsp/{issuer_id}/{**request}", GetOcsp).WithMetadata(new AnswersOcsp());
    }

    private static async Task<Results<FileContentHttpResult, NotFound>> GetCrl(
        [FromRoute(Name = "issuer_id")] string issuerId, CrlStore crls, CancellationToken cancellationToken) =>
        await crls.FindAsync(issuerId, cancellationToken) is { } crl
            ? TypedResults.File(crl.Der, "application/pkix-crl", lastModified: crl.ThisUpdate)
            : TypedResults.NotFound();

    private static async Task<Results<FileContentHttpResult, NotFound>> GetCaCertificate(
        [FromRoute(Name = "authority_id")] string authorityId, CertctlDbContext database, CancellationToken cancellationToken) =>
        await database.CertificateAuthorities.FindAsync([authorityId], cancellationToken) is { } authority
            ? TypedResults.File(PemText.FirstCertificate(authority.CertificatePem), "application/pkix-cert")
            : TypedResults.NotFound();

    private static async Task<IResult> PostOcsp(
        [FromRoute(Name = "issuer_id")] string issuerId, HttpRequest request, IssuerStore issuers, OcspLookup lookup, TimeProvider time,
        CancellationToken cancellationToken)
    {
        if (request.ContentType is not "application/ocsp-request") return TypedResults.StatusCode(StatusCodes.Status415UnsupportedMediaType);
        var body = new byte[OcspRequest.MaxLength + 1];
        var length = await request.Body.ReadAtLeastAsync(body, body.Length, throwOnEndOfStream: false, cancellationToken);
        return await RespondAsync(issuerId, responder => responder.Read(body.AsMemory(0, length)), issuers, lookup, time, cancellationToken);
    }

    private static Task<IResult> GetOcsp(
        [FromRoute(Name = "issuer_id")] string issuerId, string? request, IssuerStore issuers, OcspLookup lookup, TimeProvider time,
        CancellationToken cancellationToken) =>
        RespondAsync(issuerId, responder => responder.ReadGet(request ?? ""), issuers, lookup, time, cancellationToken);

    private static async Task<IResult> RespondAsync(
        string issuerId, Func<OcspResponder, OcspRequest?> read, IssuerStore issuers, OcspLookup lookup, TimeProvider time,
        CancellationToken cancellationToken)
    {
        if (await issuers.FindAsync(issuerId, cancellationToken) is not { } authority) return TypedResults.NotFound();
        var responder = new OcspResponder(authority);
        if (read(responder) is not { } request) return Answer(OcspResponder.MalformedRequest);
        var statuses = await lookup.FindAsync(issuerId, request.SerialNumbers, cancellationToken);
        var now = time.GetUtcNow();
        return Answer(responder.Respond(request, serial => statuses.GetValueOrDefault(serial), now, now + OcspLifetime));
    }

    public static FileContentHttpResult Answer(byte[] response) => TypedResults.File(response, "application/ocsp-response");
}
