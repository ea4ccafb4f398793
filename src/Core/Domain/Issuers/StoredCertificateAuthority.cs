namespace Certctl.Core.Domain.Issuers;

/// <summary>A CA certificate of an issuer, with its key sealed under the key-encryption key.</summary>
public sealed class StoredCertificateAuthority
{
    /// <summary>The issuer's id for its issuing CA, that id and "-root" for its root: the names under /.well-known/pki/ca/.</summary>
    public required string Id { get; init; }
    public required string IssuerId { get; init; }
    public required CertificateAuthorityRole Role { get; init; }

    /// <summary>PEM: this CA's certificate first, then those above it.</summary>
    public required string CertificatePem { get; set; }

    /// <summary>Null once an operator has removed an exported root key.</summary>
    public byte[]? EncryptedKey { get; set; }
    public string? KeyEncryptionKeyId { get; set; }
    public DateTimeOffset NotAfter { get; set; }
    public DateTimeOffset CreatedAt { get; set; }
}

public enum CertificateAuthorityRole { Root, Issuing }
