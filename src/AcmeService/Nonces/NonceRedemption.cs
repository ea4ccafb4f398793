using System.Threading.Channels;
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

/// <summary>Redeems nonces, once in the fleet: an insert that a unique key lets through once. Requests that come together share
/// one statement and one commit, and each is told in the same breath whether its account's key still holds.</summary>
public sealed class NonceRedemption(NpgsqlDataSource database, TimeProvider time) : BackgroundService
{
    private const int Waiting = 4096;
    private const int BatchSize = 256;

    /// <summary>Requests that come within this time share a statement and its commit.</summary>
    private static readonly TimeSpan Gather = TimeSpan.FromMilliseconds(1);

    private readonly Channel<Entry> waiting = Channel.CreateBounded<Entry>(Waiting);

    /// <summary>Spends the nonce.</summary>
    /// <exception cref="NpgsqlException">The database is away; whether the nonce is spent is not known.</exception>
    /// <exception cref="OverloadException">Too many wait already.</exception>
    public Task<Redeemed> RedeemAsync(Guid nonce, string? accountId)
    {
        var entry = new Entry(nonce, accountId, new TaskCompletionSource<Redeemed>(TaskCreationOptions.RunContinuationsAsynchronously));
        return waiting.Writer.TryWrite(entry) ? entry.Done.Task : throw new OverloadException("Too many requests wait for their nonces.");
    }

    /// <summary>One statement is on its way to the database while the next gathers.</summary>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var batch = new List<Entry>(BatchSize);
        try
        {
            while (await waiting.Reader.WaitToReadAsync(stoppingToken))
            {
                await Task.Delay(Gather, time, stoppingToken);
                batch.Clear();
                while (batch.Count < BatchSize && waiting.Reader.TryRead(out var entry)) batch.Add(entry);
                if (batch.Count > 0) await AnswerAsync(batch);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            while (waiting.Reader.TryRead(out var entry)) entry.Done.TrySetException(new OverloadException("This server is stopping."));
        }
    }

    private async Task AnswerAsync(List<Entry> batch)
    {
        try
        {
            await RedeemAsync(batch);
        }
        catch (Exception e)
        {
            foreach (var entry in batch) entry.Done.TrySetException(e);
        }
    }

    private async Task RedeemAsync(List<Entry> batch)
    {
        // In order, so that two replicas whose batches share nonces cannot deadlock. Of equal nonces in one batch one is fresh.
        var nonces = batch.Select(e => e.Nonce).Distinct().Order().ToArray();
        await using var command = database.CreateCommand("""
            WITH used AS (
                INSERT INTO acme_used_nonces (nonce) SELECT unnest($1) ON CONFLICT DO NOTHING RETURNING nonce
            )
            SELECT NULL, nonce, NULL, NULL, NULL FROM used
            UNION ALL
            SELECT account_id, NULL, status, jwk_thumbprint, limits::text FROM acme_accounts WHERE account_id = ANY($2)
            """);
        command.Parameters.Uuids(nonces).Texts(batch.Select(e => e.AccountId).OfType<string>().Distinct());
        var fresh = new HashSet<Guid>();
        var accounts = new Dictionary<string, AccountState>();
        await using (var reader = await command.ExecuteReaderAsync())
            while (await reader.ReadAsync())
            {
                if (reader.IsDBNull(0)) fresh.Add(reader.GetGuid(1));
                else accounts[reader.GetString(0)] = new AccountState(
                    SnakeCase.FromText<AcmeAccountStatus>(reader.GetString(2)), reader.GetString(3), AccountState.LimitsOf(reader.GetString(4)));
            }

        foreach (var entry in batch)
            entry.Done.TrySetResult(new Redeemed(fresh.Remove(entry.Nonce), entry.AccountId is null ? null : accounts.GetValueOrDefault(entry.AccountId)));
    }

    private sealed record Entry(Guid Nonce, string? AccountId, TaskCompletionSource<Redeemed> Done);
}
