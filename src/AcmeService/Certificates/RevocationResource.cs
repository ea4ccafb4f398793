using Certctl.AcmeService.Endpoints;
using Certctl.AcmeService.Protocol;
using Certctl.Core.Domain.Names;
using Certctl.Core.Pki;

namespace Certctl.AcmeService.Certificates;

/// <summary>revokeCert (RFC 8555 7.6): by the account that it was issued to, by an account with valid authorizations for all its
/// names, or by its own key.</summary>
public sealed class RevocationResource(CertificateRevocations revocations)
{
    public static void Map(AcmeRoutes routes) =>
        routes.Post<RevocationResource>("revoke_cert", "/revoke-cert", KeyUse.Either, PayloadUse.Json, (resource, request, token) => resource.PostAsync(request, token));

    private async Task<AcmeAnswer> PostAsync(SignedRequest request, CancellationToken cancellationToken)
    {
        if (Wire.Read<RevokeCert>(request.Payload, out var payload) is { } unreadable) return unreadable;
        if (StrictBase64Url.Decode(payload.Certificate) is not { } der) return Problems.Malformed("certificate is not base64url without padding.");
        if (CertificateFacts.FromDer(der) is not { } facts) return Problems.Malformed("certificate is not an X.509 certificate in DER.");
        if (!RevocationReasons.TryFromCode(payload.Reason ?? 0, out var reason))
            return Problems.BadRevocationReason($"reason {payload.Reason} is not accepted; use {string.Join(", ", RevocationReasons.Codes)}.");
        if (await revocations.FindAsync(request.Profile.IssuerId, facts.SerialNumber, facts.FingerprintSha256, cancellationToken) is not { } issued)
            return Problems.Malformed("This certificate was not issued here.", 404);
        if (!await MayRevokeAsync(request, issued, facts, cancellationToken))
            return Problems.Unauthorized("Neither the account nor the key of the request may revoke this certificate.", 403);
        var actor = request.Signer is null ? $"acme-cert-key:{facts.SerialNumber}" : request.Actor;
        return await revocations.RevokeAsync(issued, RevocationReasons.NameOf(reason), actor, cancellationToken)
            ? new AcmeAnswer(200)
            : Problems.AlreadyRevoked();
    }

    private async Task<bool> MayRevokeAsync(SignedRequest request, IssuedCertificate issued, CertificateFacts facts, CancellationToken cancellationToken)
    {
        if (request.Signer is not { } account)
            return facts.PublicKey is { } key && key.Info.Span.SequenceEqual(request.Key.Key.SubjectPublicKeyInfo.Span);
        if (issued.AccountId == account.Id) return true;
        return facts.Names.Count > 0 && facts.Names.All(n => n.Type is SanType.Dns or SanType.Ip)
            && await revocations.HoldsAuthorizationsAsync(account.Id, facts.Names, cancellationToken);
    }
}
