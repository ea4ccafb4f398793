using Certctl.Core.Domain.Certificates;

namespace Certctl.Api.Certificates;

/// <summary>A managed certificate as the API shows it.</summary>
public sealed record CertificateView(
    string Id, string Name, string CommonName, IReadOnlyList<string> Sans, string? Environment, string OwnerId, string TeamId,
    string IssuerId, string ProfileId, string RenewalPolicyId, string? AgentId, CertificateStatus Status, DateTimeOffset? ExpiresAt,
    IReadOnlyDictionary<string, string> Tags, KeyMode KeyMode, DateTimeOffset? LastRenewalAt, DateTimeOffset? RevokedAt,
    string? RevocationReason, string Source, string? AcmeAccountId, DateTimeOffset? ReplacementAnnouncedAt, DateTimeOffset CreatedAt, DateTimeOffset UpdatedAt)
{
    public static CertificateView Of(ManagedCertificate c) => new(
        c.Id, c.Name, c.CommonName, c.Sans, c.Environment, c.OwnerId, c.TeamId, c.IssuerId, c.CertificateProfileId, c.RenewalPolicyId,
        c.AgentId, c.Status, c.ExpiresAt, c.Tags, c.KeyMode, c.LastRenewalAt, c.RevokedAt, c.RevocationReason, c.Source, c.AcmeAccountId,
        c.ReplacementAnnouncedAt, c.CreatedAt, c.UpdatedAt);
}

/// <summary>One issued version of a certificate.</summary>
/// <param name="PrivateKeyAvailable">Whether its server-made private key can still be fetched, once.</param>
public sealed record VersionView(
    string Id, string CertificateId, string IssuerId, string SerialNumber, DateTimeOffset NotBefore, DateTimeOffset NotAfter,
    string FingerprintSha256, string PemChain, string KeyAlgorithm, int KeySize, string? RenewalId, bool PrivateKeyAvailable, DateTimeOffset CreatedAt)
{
    public static VersionView Of(CertificateVersion v, string? keyIsOf) => new(
        v.Id, v.CertificateId, v.IssuerId, v.SerialNumber, v.NotBefore, v.NotAfter, v.FingerprintSha256, v.PemChain, v.KeyAlgorithm,
        v.KeySize, v.RenewalId, v.Id == keyIsOf, v.CreatedAt);
}
