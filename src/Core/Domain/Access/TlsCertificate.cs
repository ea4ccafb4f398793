namespace Certctl.Core.Domain.Access;

/// <summary>The servers' own TLS certificate, shared by every replica.</summary>
public sealed class TlsCertificate
{
    public required string Name { get; init; }
    public required string PemChain { get; set; }
    public required byte[] EncryptedKey { get; set; }
    public required string KeyEncryptionKeyId { get; set; }
    public DateTimeOffset NotAfter { get; set; }
}
