using Certctl.Core.Hosting;
using Npgsql;

namespace Certctl.AcmeService.Validation;

/// <summary>Every second, on every replica: challenges whose next attempt is due, whose message never left, or whose validation
/// died are sent to their queue (again).</summary>
internal sealed class ChallengeSweep(
    NpgsqlDataSource database, ChallengeDispatch dispatch, CommandSender sender, TimeProvider time, ILogger<ChallengeSweep> logger)
    : RepeatingService(TimeSpan.FromSeconds(1), time, logger)
{
    private const int Limit = 500;

    protected override async Task RunOnceAsync(CancellationToken cancellationToken)
    {
        if (!sender.BrokerIsReachable) return;
        foreach (var (id, type) in await TakeDueAsync(cancellationToken)) await dispatch.SendAsync(id, type, cancellationToken);
    }

    private async Task<List<(string Id, string Type)>> TakeDueAsync(CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand("""
            WITH due AS (
                SELECT challenge_id FROM acme_challenges
                WHERE status = 'processing' AND next_attempt_at <= $1 AND (lease_expires_at IS NULL OR lease_expires_at < now())
                ORDER BY next_attempt_at LIMIT $2 FOR UPDATE SKIP LOCKED
            )
            UPDATE acme_challenges c SET next_attempt_at = $3 FROM due WHERE c.challenge_id = due.challenge_id RETURNING c.challenge_id, c.type
            """);
        var now = Time.GetUtcNow();
        command.Parameters.Time(now).Number(Limit).Time(now + ChallengeDispatch.Grace);
        var due = new List<(string, string)>();
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken)) due.Add((reader.GetString(0), reader.GetString(1)));
        return due;
    }
}
