using Certctl.Core.Domain.Acme;
using Certctl.Core.Persistence;
using Npgsql;

namespace Certctl.AcmeService.Nonces;

/// <summary>What became of a nonce, and what its account is at that instant.</summary>
/// <param name="IsFresh">Nobody on any replica showed it before.</param>
/// <param name="Account">The state of the account that was named with it; null when there is none.</param>
public readonly record struct Redeemed(bool IsFresh, AccountState? Account);

/// <param name="JwkThumbprint">Of the account's present key: a rollover on another replica shows here.</param>
/// <param name="Limits">What an operator set for it: a change binds at once, on every replica.</param>
public sealed record AccountState(AcmeAccountStatus Status, string JwkThumbprint, AcmeLimits Limits)
{
    /// <summary>Nothing of its own.</summary>
    public static readonly AcmeLimits NoLimits = new();

    public static AcmeLimits LimitsOf(string json) => json == "{}" ? NoLimits : JsonText.To<AcmeLimits>(json);
}

/// <param name="AccountId">Whose state is asked for; null: nobody's.</param>
public readonly record struct ShownNonce(Guid Nonce, string? AccountId);

/// <summary>Redeems nonces, once in the fleet: an insert that a unique key lets through once. Requests that come together share
/// one statement and one commit, and each is told in the same breath whether its account's key still holds.</summary>
public sealed class NonceRedemption(NpgsqlDataSource database, TimeProvider time)
    : Gathering<ShownNonce, Redeemed>(TimeSpan.FromMilliseconds(1), size: 256, waiting: 4096, atOnce: 1, time)
{
    /// <summary>Spends the nonce.</summary>
    /// <exception cref="NpgsqlException">The database is away; whether the nonce is spent is not known.</exception>
    /// <exception cref="OverloadException">Too many wait already.</exception>
    public Task<Redeemed> RedeemAsync(Guid nonce, string? accountId) => GatherAsync(new ShownNonce(nonce, accountId));

    protected override async Task<IReadOnlyList<Redeemed>> AnswerAsync(IReadOnlyList<ShownNonce> items)
    {
        // In order, so that two replicas that are shown the same nonces cannot deadlock. Of equal nonces one is fresh.
        var nonces = items.Select(e => e.Nonce).Distinct().Order().ToArray();
        await using var command = database.CreateCommand("""
            WITH used AS (
                INSERT INTO acme_used_nonces (nonce) SELECT unnest((SELECT $1)) ON CONFLICT DO NOTHING RETURNING nonce
            )
            SELECT NULL, nonce, NULL, NULL, NULL FROM used
            UNION ALL
            SELECT a.account_id, NULL, a.status, a.jwk_thumbprint, a.limits::text
            FROM unnest((SELECT $2)) AS i (id) JOIN acme_accounts a ON a.account_id = i.id
            """);
        command.Parameters.Uuids(nonces).Texts(items.Select(e => e.AccountId).OfType<string>().Distinct());
        var fresh = new HashSet<Guid>();
        var accounts = new Dictionary<string, AccountState>();
        await using (var reader = await command.ExecuteReaderAsync())
            while (await reader.ReadAsync())
            {
                if (reader.IsDBNull(0)) fresh.Add(reader.GetGuid(1));
                else accounts[reader.GetString(0)] = new AccountState(
                    SnakeCase.FromText<AcmeAccountStatus>(reader.GetString(2)), reader.GetString(3), AccountState.LimitsOf(reader.GetString(4)));
            }

        return [.. items.Select(e => new Redeemed(fresh.Remove(e.Nonce), e.AccountId is null ? null : accounts.GetValueOrDefault(e.AccountId)))];
    }
}
