using System.Security.Cryptography;
using System.Xml.Linq;
using Certctl.Core.Persistence;
using Certctl.Core.Pki;
using Npgsql;

namespace Certctl.Core.Issuance.Rotation;

/// <summary>Seals the data-protection keys again, which are a handful of XML documents with the ciphertext inside.</summary>
internal sealed class DataProtectionRotation(NpgsqlDataSource database, SecretBox secrets)
{
    public async Task<long> RunAsync(ICollection<string> failures, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        var changed = new List<(int Id, string Xml)>();
        await using (var command = new NpgsqlCommand("SELECT id, xml FROM data_protection_keys WHERE xml IS NOT NULL ORDER BY id FOR UPDATE", connection))
        await using (var reader = await command.ExecuteReaderAsync(cancellationToken))
            while (await reader.ReadAsync(cancellationToken))
                if (SealAgain(reader.GetInt32(0), reader.GetString(1), failures) is { } xml) changed.Add((reader.GetInt32(0), xml));
        foreach (var (id, xml) in changed)
        {
            await using var update = new NpgsqlCommand("UPDATE data_protection_keys SET xml = $2 WHERE id = $1", connection);
            update.Parameters.Number(id).Text(xml);
            await update.ExecuteNonQueryAsync(cancellationToken);
        }

        await transaction.CommitAsync(cancellationToken);
        return changed.Count;
    }

    /// <summary>The document under the current key; null when it is that already, or cannot be opened.</summary>
    private string? SealAgain(int id, string xml, ICollection<string> failures)
    {
        var document = XElement.Parse(xml);
        var isChanged = false;
        foreach (var element in document.Descendants(DataProtectionSeal.Element))
        {
            var keyId = (string?)element.Attribute(DataProtectionSeal.KeyId);
            if (keyId is null || keyId == secrets.KeyId) continue;
            try
            {
                var plaintext = secrets.Open(new EncryptedSecret(keyId, Convert.FromBase64String(element.Value)), DataProtectionSeal.Purpose);
                element.Value = Convert.ToBase64String(secrets.Seal(plaintext, DataProtectionSeal.Purpose).Ciphertext);
                element.SetAttributeValue(DataProtectionSeal.KeyId, secrets.KeyId);
                CryptographicOperations.ZeroMemory(plaintext);
                isChanged = true;
            }
            catch (SecretBoxException e)
            {
                failures.Add($"data_protection_keys {id}: {e.Message}");
            }
        }

        return isChanged ? document.ToString(SaveOptions.DisableFormatting) : null;
    }
}
