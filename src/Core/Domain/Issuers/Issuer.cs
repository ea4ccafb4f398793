namespace Certctl.Core.Domain.Issuers;

/// <summary>Where certificates come from. Its keys are in <see cref="CertificateAuthority"/>.</summary>
public sealed class Issuer
{
    public required string Id { get; init; }
    public required string Name { get; set; }
    public string Type { get; set; } = IssuerTypes.LocalCa;
    public bool Enabled { get; set; } = true;
    public DateTimeOffset CreatedAt { get; set; }
    public DateTimeOffset UpdatedAt { get; set; }

    /// <summary>PostgreSQL's xmin: the ETag.</summary>
    public uint RowVersion { get; init; }
}

public static class IssuerTypes
{
    /// <summary>A certification authority whose key certctl holds.</summary>
    public const string LocalCa = "local-ca";
}
