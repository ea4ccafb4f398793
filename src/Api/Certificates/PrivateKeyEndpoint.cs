using System.ComponentModel;
using System.Security.Cryptography;
using System.Text;
using Certctl.Api.Access;
using Certctl.Api.Agents;
using Certctl.Api.Problems;
using Certctl.Api.Writes;
using Certctl.Core.Domain.Access;
using Certctl.Core.Domain.Certificates;
using Certctl.Core.Issuance;
using Certctl.Core.Persistence;
using Certctl.Core.Pki;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;

namespace Certctl.Api.Certificates;

/// <summary>In which form a private key is handed out.</summary>
public sealed record TakePrivateKey
{
    [Description("pem (the default) or pkcs12.")]
    public string? Format { get; init; }

    [Description("Password of the PKCS#12 file, 8 to 128 characters.")]
    public string? Password { get; init; }
}

/// <summary>Hands out a server-made private key, once. Its ciphertext is deleted in the same transaction as the audit event.</summary>
internal static class PrivateKeyEndpoint
{
    public static void MapPrivateKey(this IEndpointRouteBuilder api) =>
        api.MapPost("/certificates/{id}/versions/{versionId}/private-key", TakeAsync).WithTags("Certificates")
            .RequireAuthorization(Policies.Anyone).WithoutIdempotency()
            .WithSummary("Take the private key of a version, this once: PEM, or PKCS#12 with its chain")
            .Produces<string>(contentType: "application/x-pem-file").Produces<byte[]>(contentType: "application/x-pkcs12");

    private static async Task<Results<FileContentHttpResult, ProblemResult>> TakeAsync(
        string id, string versionId, TakePrivateKey? request, CertctlDbContext context, SecretBox secrets, AuditTrail audit, HttpContext http,
        CancellationToken cancellationToken)
    {
        if (Check(request) is { } invalid) return invalid;
        var found = await (
            from v in context.CertificateVersions
            join c in context.Certificates on v.CertificateId equals c.Id
            where v.Id == versionId && c.Id == id
            select new
            {
                c.AgentId,
                c.KeyMode,
                v.CsrPem,
                v.PemChain,
                AgentIsRetired = context.Agents.Any(a => a.Id == c.AgentId && a.RetiredAt != null),
            }).SingleOrDefaultAsync(cancellationToken);
        if (found is null) return Problem.NotFound("version of this certificate", versionId);
        if (!http.Caller().MayTakeFor(found.AgentId)) return Problem.Forbidden("Only an operator or the certificate's own agent may take its private key.");
        if (found.AgentIsRetired && http.Caller().Role == Role.Agent) return RetiredAgents.Refusal(found.AgentId!);
        if (found.KeyMode != KeyMode.Server || found.CsrPem is not null) return Problem.NotFound("private key of version", versionId);
        var taken = await context.PrivateKeys
            .FromSql($"DELETE FROM private_keys WHERE certificate_id = {id} AND version_id = {versionId} RETURNING *")
            .AsNoTracking().ToListAsync(cancellationToken);
        if (taken is not [var key]) return Problem.Gone("The private key of this version was handed out, or superseded by a newer version's.");

        var format = request?.Format ?? "pem";
        audit.Record("private_key_taken", "certificate", id, new { version_id = versionId, format });
        var pkcs8 = secrets.Open(new EncryptedSecret(key.KeyEncryptionKeyId, key.Ciphertext), PrivateKeySeal.For(versionId));
        try
        {
            return format == "pem"
                ? TypedResults.File(Encoding.ASCII.GetBytes(PemText.PrivateKey(pkcs8)), "application/x-pem-file", $"{id}.key.pem")
                : TypedResults.File(Pkcs12Export.Create(found.PemChain, pkcs8, request!.Password!), "application/x-pkcs12", $"{id}.p12");
        }
        finally
        {
            CryptographicOperations.ZeroMemory(pkcs8);
        }
    }

    private static ProblemResult? Check(TakePrivateKey? request)
    {
        var errors = new FieldErrors();
        errors.Check(request?.Format is null or "pem" or "pkcs12", "format", "must be pem or pkcs12");
        if (request?.Format == "pkcs12") errors.Check(request.Password?.Length is >= 8 and <= 128, "password", "must have 8 to 128 characters");
        else errors.Check(request?.Password is null, "password", "goes with format pkcs12 only");
        return errors.Problem;
    }
}
