namespace Certctl.Core.Domain.Certificates;

/// <summary>The server-made key of a certificate's newest version, until it is handed out or superseded. One a certificate.</summary>
public sealed class StoredPrivateKey
{
    public required string CertificateId { get; init; }
    public required string VersionId { get; init; }
    public required string KeyEncryptionKeyId { get; init; }

    /// <summary>PKCS#8 sealed by AES-256-GCM, with <see cref="VersionId"/> as associated data.</summary>
    public required byte[] Ciphertext { get; init; }
    public DateTimeOffset CreatedAt { get; init; }
}
