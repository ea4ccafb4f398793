namespace Certctl.Chaos.Books;

/// <summary>An agent's liveness is no older than its last heartbeat that was answered 202, and nobody who beat was marked offline.</summary>
internal sealed class HeartbeatBook : IBook
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private const string Behind = """
        SELECT count(*) FROM unnest($1, $2) AS beat (agent_id, sent_at) LEFT JOIN agent_liveness l USING (agent_id)
        WHERE l.last_heartbeat_at IS NULL OR l.last_heartbeat_at < beat.sent_at
        """;

    /// <summary>Between two rounds nobody beats, and who was silent for as long as agents may be is offline by right: of the first half
    /// minute only those count who had beaten in this round.</summary>
    private const string Offline = """
        SELECT count(*) FROM audit_events
        WHERE action = 'agent_went_offline' AND resource_id = ANY($1)
            AND (timestamp >= $2 + interval '30 seconds' OR timestamp >= $2 AND (details ->> 'last_heartbeat_at')::timestamptz >= $2)
        """;

    public async Task<IReadOnlyList<string>> FindingsAsync(Entries entries, CancellationToken cancellationToken)
    {
        var last = entries.Load.Heartbeats.Last.ToList();
        string[] agents = [.. last.Select(l => l.Agent)];
        // PostgreSQL keeps microseconds and cuts off the rest.
        DateTime[] sent = [.. last.Select(l => l.SentAt.UtcDateTime.AddMilliseconds(-1))];
        var findings = new List<string>();
        long behind = 0;
        if (!await Pause.UntilAsync(
            async () => (behind = await entries.Database.ValueAsync<long>(Behind, cancellationToken, agents, sent)) == 0,
            Patience, cancellationToken, TimeSpan.FromMilliseconds(500)))
            findings.Add($"the heartbeats of {behind} agents were accepted and are not stored");
        if (await entries.Database.ValueAsync<long>(Offline, cancellationToken, agents, entries.Load.StartedAt.UtcDateTime) is var offline and > 0)
            findings.Add($"{offline} agents were marked offline although they beat");
        return findings;
    }
}
