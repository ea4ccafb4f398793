using Certctl.Core.Persistence;
using Certctl.Core.Pki;
using Npgsql;

namespace Certctl.Core.Issuance.Rotation;

/// <summary>What a rotation did.</summary>
/// <param name="KeyId">The current key-encryption key's id.</param>
/// <param name="SealedAgain">Secrets that are under it now and were not before, by table.</param>
/// <param name="Remaining">Secrets that are still under another key, by table; empty when the former keys are needed no more.</param>
/// <param name="Failures">Secrets that no configured key opens.</param>
public sealed record RotationReport(
    string KeyId, IReadOnlyDictionary<string, long> SealedAgain, IReadOnlyDictionary<string, long> Remaining, IReadOnlyList<string> Failures)
{
    public bool IsComplete => Remaining.Count == 0 && Failures.Count == 0;
}

/// <summary>Seals every stored secret again under the current key-encryption key. Safe beside a running fleet whose processes
/// open both keys; what is done stays done, so that a run that was stopped goes on with the next.</summary>
public sealed class KeyRotation(NpgsqlDataSource database, SecretBox secrets, TimeProvider time)
{
    /// <summary>Passes over a table of which somebody holds rows.</summary>
    private const int MaxPasses = 50;

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(200);

    public async Task<RotationReport> RunAsync(CancellationToken cancellationToken)
    {
        var (sealedAgain, remaining, failures) = (new Dictionary<string, long>(), new Dictionary<string, long>(), new List<string>());
        foreach (var column in SealedColumn.All)
        {
            var rotation = new ColumnRotation(database, secrets, column);
            var (total, left, failed) = (0L, 0L, new List<string>());
            for (var pass = 0; pass < MaxPasses; pass++)
            {
                failed.Clear();
                total += await rotation.PassAsync(failed, cancellationToken);
                left = await rotation.CountRemainingAsync(cancellationToken);
                if (left <= failed.Count) break;
                await Task.Delay(Pause, time, cancellationToken);
            }

            if (total > 0) sealedAgain[column.Table] = total;
            if (left > 0) remaining[column.Table] = left;
            failures.AddRange(failed);
        }

        if (await new DataProtectionRotation(database, secrets).RunAsync(failures, cancellationToken) is > 0 and var documents)
            sealedAgain["data_protection_keys"] = documents;
        var report = new RotationReport(secrets.KeyId, sealedAgain, remaining, failures);
        if (sealedAgain.Count > 0) await AuditAsync(report, cancellationToken);
        return report;
    }

    private async Task AuditAsync(RotationReport report, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand("""
            INSERT INTO audit_events (actor, actor_type, action, resource_type, resource_id, details, timestamp)
            VALUES ('certctl', 'system', 'key_encryption_key_rotated', 'key_encryption_key', $1, $2, $3)
            """);
        command.Parameters.Text(report.KeyId).Json(JsonText.Of(new { report.SealedAgain, report.Remaining })).Time(time.GetUtcNow());
        await command.ExecuteNonQueryAsync(cancellationToken);
    }
}
