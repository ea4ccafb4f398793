using Certctl.AcmeService.Endpoints;
using Certctl.AcmeService.Protocol;
using Npgsql;

namespace Certctl.AcmeService.RateLimits;

/// <summary>Takes from buckets that the whole fleet shares, by the clock of the database: three replicas hold one limit, and a
/// restart changes nothing.</summary>
public sealed class RateLimiter(NpgsqlDataSource database)
{
    /// <summary>Takes one token, in one round trip when there is one.</summary>
    /// <returns>Null when it was there; else how long until it is.</returns>
    public async Task<TimeSpan?> TakeAsync(Bucket bucket, CancellationToken cancellationToken)
    {
        // full_at never goes back, so a bucket that was seen empty is empty: whoever is refused takes no lock and writes nothing.
        // Of those that see the last token at once, the condition on the locked row lets one through.
        await using var take = database.CreateCommand("""
            INSERT INTO acme_rate_limits AS b (key, full_at)
            SELECT $1, clock_timestamp() + $2
            WHERE NOT EXISTS (SELECT 1 FROM acme_rate_limits WHERE key = $1 AND full_at > clock_timestamp() + $3)
            ON CONFLICT (key) DO UPDATE SET full_at = GREATEST(b.full_at, clock_timestamp()) + $2 WHERE b.full_at <= clock_timestamp() + $3
            """);
        take.Parameters.Text(bucket.Key).Span(bucket.Interval).Span(bucket.Reach);
        if (await take.ExecuteNonQueryAsync(cancellationToken) > 0) return null;
        await using var wait = database.CreateCommand("SELECT full_at - $2 - clock_timestamp() FROM acme_rate_limits WHERE key = $1");
        wait.Parameters.Text(bucket.Key).Span(bucket.Reach);
        return await wait.ExecuteScalarAsync(cancellationToken) is TimeSpan left && left > TimeSpan.Zero ? left : TimeSpan.FromSeconds(1);
    }

    /// <summary>As <see cref="TakeAsync"/>, answered.</summary>
    /// <param name="what">For a person: what there was too much of.</param>
    public async Task<AcmeProblem?> RefuseAsync(Bucket bucket, string what, AcmeUrls urls, CancellationToken cancellationToken)
    {
        if (await TakeAsync(bucket, cancellationToken) is not { } wait) return null;
        AcmeCounters.Refused(bucket.Key[..bucket.Key.IndexOf(':', StringComparison.Ordinal)]);
        return Problems.RateLimited($"Too many {what}: at most {bucket.PerHour} an hour.", wait, urls.RateLimits);
    }
}
