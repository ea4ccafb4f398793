using Certctl.AcmeService.Protocol;
using Microsoft.Extensions.Caching.Memory;
using Npgsql;

namespace Certctl.AcmeService.Accounts;

/// <summary>What a request needs of its account; none of it changes but the key, and a change of that shows at redemption.</summary>
/// <param name="AllowedDomains">Those of its external account; empty when it has none or that leaves it to the profile.</param>
public sealed record AccountEntry(string Id, string ProfileId, Jwk Key, IReadOnlyList<string> AllowedDomains);

/// <summary>Accounts by id, with their keys imported: that costs three times as much as verifying with them.</summary>
public sealed class AccountDirectory(NpgsqlDataSource database) : IDisposable
{
    private readonly MemoryCache cache = new(new MemoryCacheOptions { SizeLimit = 20_000 });

    /// <summary>The account, or null when there is none of this id. Its key may be outdated: compare with what the redemption of
    /// the nonce says, and <see cref="ReadAsync"/> it again.</summary>
    public async ValueTask<AccountEntry?> FindAsync(string id, CancellationToken cancellationToken) =>
        cache.TryGetValue(id, out AccountEntry? known) ? known : await ReadAsync(id, cancellationToken);

    /// <summary>The account as it is now.</summary>
    public async Task<AccountEntry?> ReadAsync(string id, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand("""
            SELECT a.profile_id, a.jwk, k.allowed_domains FROM acme_accounts a LEFT JOIN acme_eab_keys k ON k.key_id = a.eab_key_id
            WHERE a.account_id = $1
            """);
        command.Parameters.Text(id);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        if (!await reader.ReadAsync(cancellationToken)) return null;
        var entry = new AccountEntry(id, reader.GetString(0), Jwk.FromStored(reader.GetString(1)), reader.IsDBNull(2) ? [] : reader.GetFieldValue<string[]>(2));
        return cache.Set(id, entry, new MemoryCacheEntryOptions { Size = 1, SlidingExpiration = TimeSpan.FromHours(1) });
    }

    public void Dispose() => cache.Dispose();
}
