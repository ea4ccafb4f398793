using Certctl.Core.Auditing;

namespace Certctl.Core.Issuance.Rotation;

/// <summary>A column of secrets sealed under the key-encryption key, whose id is in <c>key_encryption_key_id</c> beside it.</summary>
/// <param name="Key">The columns, all texts, that name a row and that its secret is bound to.</param>
/// <param name="SealedFor">The associated data, of the values of these columns.</param>
internal sealed record SealedColumn(string Table, string Cipher, string[] Key, Func<string[], byte[]> SealedFor)
{
    /// <summary>Every one of them. A test compares this with the database: a new table with a key_encryption_key_id belongs here.</summary>
    public static readonly IReadOnlyList<SealedColumn> All =
    [
        new("certificate_authorities", "encrypted_key", ["id"], key => IssuerStore.SealedFor(key[0])),
        new("tls_certificates", "encrypted_key", ["name"], key => ServerTls.SealedFor(key[0])),
        new("acme_eab_keys", "encrypted_key", ["key_id"], key => EabKeySeal.For(key[0])),
        new("audit_seal_keys", "encrypted_key", ["id"], key => AuditSealKeys.SealedFor(key[0])),
        new("private_keys", "ciphertext", ["certificate_id", "version_id"], key => PrivateKeySeal.For(key[1])),
        new("idempotent_requests", "encrypted_body", ["actor", "key"], key => AnswerSeal.For(key[0], key[1])),
    ];
}
