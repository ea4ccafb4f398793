using System.Security.Cryptography;
using System.Text.Json;
using Certctl.AcmeService.Endpoints;
using Certctl.AcmeService.Protocol;
using Certctl.Core.Issuance;
using Certctl.Core.Pki;
using Npgsql;

namespace Certctl.AcmeService.Accounts;

/// <summary>External account binding (RFC 8555 7.3.4): a MAC key that an operator gave out, good at one profile.</summary>
public sealed class ExternalAccounts(NpgsqlDataSource database, SecretBox secrets, AcmeSettings settings, TimeProvider time)
{
    /// <summary>The key id that a new account is bound to; null without a binding where none is asked for.</summary>
    public async Task<(string? KeyId, AcmeProblem? Problem)> CheckAsync(SignedRequest request, JsonElement? binding, CancellationToken cancellationToken)
    {
        if (binding is not { ValueKind: not JsonValueKind.Null } given)
            return request.Profile.AcmeEabRequired || settings.EabRequired
                ? (null, Problems.ExternalAccountRequired("This directory asks for an external account binding; an operator gives out its key."))
                : (null, null);
        var (eab, problem) = ExternalAccountBindingReader.Read(given, request.Jws.Url, request.Key);
        if (eab is null) return (null, problem);
        await using var command = database.CreateCommand("""
            SELECT encrypted_key, key_encryption_key_id, reusable OR last_used_at IS NULL FROM acme_eab_keys
            WHERE key_id = $1 AND profile_id = $2 AND revoked_at IS NULL AND (expires_at IS NULL OR expires_at > $3)
            """);
        command.Parameters.Text(eab.KeyId).Text(request.Profile.Id).Time(time.GetUtcNow());
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        // One text for unknown, expired, deleted, another profile's, and badly signed: nothing to probe.
        var refused = Problems.Unauthorized("The external account binding does not verify: its kid is not known here, or its MAC key is another.", 403);
        if (!await reader.ReadAsync(cancellationToken)) return (null, refused);
        var key = secrets.Open(new EncryptedSecret(reader.GetString(1), reader.GetFieldValue<byte[]>(0)), EabKeySeal.For(eab.KeyId));
        try
        {
            return !eab.Verify(key) ? (null, refused)
                : !reader.GetBoolean(2) ? (null, Problems.Unauthorized("The external account binding has been used by another account.", 403))
                : (eab.KeyId, null);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(key);
        }
    }
}
