using Certctl.Core.Domain.Renewals;
using Npgsql;
using NpgsqlTypes;

namespace Certctl.Core.Renewals;

/// <summary>What a bulk renewal would take.</summary>
public sealed record BulkPreview(long TotalMatched, long TotalEnqueued, long TotalSkipped, IReadOnlyDictionary<string, long> Skipped);

/// <summary>Counts by the same criteria and the same reasons as the expansion, and writes nothing.</summary>
public sealed class BulkDryRun(NpgsqlDataSource database, TimeProvider time, RenewalSettings settings)
{
    public async Task<BulkPreview> CountAsync(CertificateCriteria criteria, bool force, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand();
        command.CommandText = $"""
            SELECT COALESCE({RenewalSkips.Reason}, ''), count(*)
            FROM managed_certificates c
            WHERE {CertificateSelection.Where(criteria, command.Parameters)}
            GROUP BY 1
            """;
        command.Parameters.Add(new NpgsqlParameter("force", NpgsqlDbType.Boolean) { Value = force });
        command.Parameters.Add(new NpgsqlParameter("now", NpgsqlDbType.TimestampTz) { Value = time.GetUtcNow() });
        command.Parameters.Add(new NpgsqlParameter("min_interval", NpgsqlDbType.Interval) { Value = settings.MinInterval });
        var skipped = new Dictionary<string, long>();
        long eligible = 0;
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            if (reader.GetString(0) is { Length: > 0 } reason) skipped[reason] = reader.GetInt64(1);
            else eligible = reader.GetInt64(1);
        }

        var total = skipped.Values.Sum();
        return new BulkPreview(eligible + total, eligible, total, skipped);
    }
}
