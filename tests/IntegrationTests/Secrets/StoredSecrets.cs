using System.Xml.Linq;
using Certctl.Core.Auditing;
using Certctl.Core.Issuance;
using Certctl.Core.Issuance.Rotation;
using Certctl.Core.Pki;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;

namespace Certctl.IntegrationTests.Secrets;

/// <summary>What nobody is ever shown and the database has sealed: opened with the key-encryption key, to be looked for.</summary>
internal static class StoredSecrets
{
    private static readonly string[] Keys = ["certificate_authorities", "tls_certificates"];

    /// <summary>Makes the key of audit seals, which the job would make within a minute.</summary>
    public static async Task SealAuditAsync(NpgsqlDataSource database, SecretBox box) => Assert.NotEmpty(
        await new AuditSealing(database, box, TimeProvider.System, NullLogger<AuditSealing>.Instance).RunAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken));

    /// <summary>The CA's and its root's keys, that of TLS, those of audit seals and of logins.</summary>
    public static async Task AddAsync(this KnownSecrets secrets, NpgsqlDataSource database, SecretBox box)
    {
        foreach (var column in SealedColumn.All.Where(c => Keys.Contains(c.Table) || c.Table == "audit_seal_keys"))
        {
            var opened = await OpenAsync(database, box, column);
            Assert.True(opened.Count >= (column.Table == "certificate_authorities" ? 2 : 1), $"{column.Table} has {opened.Count} keys");
            foreach (var (id, secret) in opened)
            {
                if (Keys.Contains(column.Table)) secrets.AddPkcs8($"the key {id} of {column.Table}", secret);
                else secrets.AddBytes($"the key {id} of {column.Table}", secret);
            }
        }

        var logins = await LoginKeysAsync(database, box);
        Assert.NotEmpty(logins);
        foreach (var key in logins) secrets.AddBytes("a key of logins", key);
    }

    private static async Task<List<(string Id, byte[] Secret)>> OpenAsync(NpgsqlDataSource database, SecretBox box, SealedColumn column)
    {
        await using var command = database.CreateCommand(
            $"SELECT {string.Join(", ", column.Key)}, key_encryption_key_id, {column.Cipher} FROM {column.Table} WHERE {column.Cipher} IS NOT NULL");
        await using var reader = await command.ExecuteReaderAsync(TestContext.Current.CancellationToken);
        var opened = new List<(string, byte[])>();
        while (await reader.ReadAsync(TestContext.Current.CancellationToken))
        {
            string[] key = [.. Enumerable.Range(0, column.Key.Length).Select(reader.GetString)];
            opened.Add((string.Join('/', key), box.Open(new EncryptedSecret(reader.GetString(key.Length), reader.GetFieldValue<byte[]>(key.Length + 1)), column.SealedFor(key))));
        }

        return opened;
    }

    private static async Task<List<byte[]>> LoginKeysAsync(NpgsqlDataSource database, SecretBox box)
    {
        await using var command = database.CreateCommand("SELECT xml FROM data_protection_keys WHERE xml IS NOT NULL");
        await using var reader = await command.ExecuteReaderAsync(TestContext.Current.CancellationToken);
        var keys = new List<byte[]>();
        while (await reader.ReadAsync(TestContext.Current.CancellationToken))
        {
            foreach (var element in XElement.Parse(reader.GetString(0)).Descendants(DataProtectionSeal.Element))
            {
                var secret = new EncryptedSecret((string)element.Attribute(DataProtectionSeal.KeyId)!, Convert.FromBase64String(element.Value));
                using var opened = new MemoryStream(box.Open(secret, DataProtectionSeal.Purpose));
                keys.AddRange(XElement.Load(opened).DescendantsAndSelf("value").Select(v => Convert.FromBase64String(v.Value)));
            }
        }

        return keys;
    }
}
