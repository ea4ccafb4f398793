using Certctl.AcmeService.Orders;
using Certctl.AcmeService.Protocol;
using Certctl.AcmeService.RateLimits;
using Certctl.Core.Domain.Acme;
using Npgsql;

namespace Certctl.AcmeService.Validation;

/// <summary>Writes what came of an attempt: challenge, authorization and order change together or not at all.</summary>
public sealed class ValidationOutcome(NpgsqlDataSource database, FailedValidations failedValidations, Recent<OrderRow> recentOrders, AcmeSettings settings, TimeProvider time)
{
    /// <summary>SQL over <c>acme_challenges c</c>: the error once $n has failed too. From the second on, every attempt has its entry
    /// among the subproblems, oldest first (RFC 8555 8.2); null when $n is.</summary>
    private static string ErrorWith(string problem) => $"""
        CASE WHEN c.error IS NULL THEN {problem}
            ELSE {problem} || jsonb_build_object('subproblems', COALESCE(c.error -> 'subproblems', jsonb_build_array(c.error)) || {problem}) END
        """;

    /// <summary>A final outcome. The order's row is locked first: of two authorizations that become valid at the same instant the
    /// later one sees the other, and the order becomes ready.</summary>
    /// <param name="problem">Null when the identifier is proven.</param>
    /// <returns>When it was proven; null when it was not, or its authorization ended meanwhile.</returns>
    public async Task<DateTimeOffset?> WriteAsync(Attempt attempt, AcmeProblem? problem, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        // A batch is one transaction, and each of its statements sees what the one before has waited for.
        await using var batch = new NpgsqlBatch(connection);
        var locking = new NpgsqlBatchCommand("SELECT 1 FROM acme_orders WHERE order_id = $1 FOR UPDATE");
        locking.Parameters.Text(attempt.OrderId);
        var counted = problem is not null && failedValidations.AreLimited;
        var proof = new NpgsqlBatchCommand($"""
            WITH done AS (
                UPDATE acme_challenges c SET status = $2, validated_at = $3, error = {ErrorWith("$4")}, lease_expires_at = NULL, next_attempt_at = NULL
                WHERE challenge_id = $1 AND status = 'processing' RETURNING challenge_id, authz_id, type, attempts
            ), audited AS (
                INSERT INTO audit_events (actor, actor_type, action, resource_type, resource_id, details, timestamp)
                SELECT $7, 'acme_account', 'acme_challenge_completed', 'acme_challenge', challenge_id,
                    jsonb_strip_nulls(jsonb_build_object('type', type, 'status', $2, 'attempts', attempts, 'error', $4 -> 'type')), $5
                FROM done
            ) {(counted ? FailedValidations.SpendSql : "")}
            UPDATE acme_authorizations a SET status = $2, updated_at = $5, expires_at = CASE $2 WHEN 'valid' THEN $6 ELSE a.expires_at END
            FROM done WHERE a.authz_id = done.authz_id AND a.status = 'pending'
            """);
        proof.Parameters.Text(attempt.ChallengeId).Text(problem is null ? "valid" : "invalid").Time(problem is null ? now : null)
            .Json(problem is null ? null : Wire.Text(problem)).Time(now).Time(now + settings.AuthorizationTtl).Text($"acme:{attempt.AccountId}");
        if (counted) failedValidations.AddParameters(proof.Parameters, attempt.AccountId, attempt.Identifier.Value);
        batch.BatchCommands.Add(locking);
        batch.BatchCommands.Add(proof);
        if (attempt.OrderId is not null) batch.BatchCommands.Add(SettleOrder(attempt, problem, now));
        var isReady = false;
        await using (var reader = await batch.ExecuteReaderAsync(cancellationToken))
            do
                while (await reader.ReadAsync(cancellationToken)) isReady = reader.GetValue(0) is "ready";
            while (await reader.NextResultAsync(cancellationToken));
        if (isReady) recentOrders.Change(attempt.OrderId!, order => order with { Status = AcmeOrderStatus.Ready });
        (problem is null ? AcmeCounters.ChallengeValid : AcmeCounters.ChallengeInvalid).Add(1);
        return problem is null && proof.RecordsAffected == 1 ? now : null;
    }

    /// <summary>Not final yet: the sweep sends it again when it is time.</summary>
    public async Task TryAgainAsync(Attempt attempt, AcmeProblem problem, DateTimeOffset next, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand($"""
            UPDATE acme_challenges c SET error = {ErrorWith("$2")}, next_attempt_at = $3, lease_expires_at = NULL
            WHERE challenge_id = $1 AND status = 'processing'
            """);
        command.Parameters.Text(attempt.ChallengeId).Json(Wire.Text(problem)).Time(next);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private static NpgsqlBatchCommand SettleOrder(Attempt attempt, AcmeProblem? problem, DateTimeOffset now)
    {
        var settle = new NpgsqlBatchCommand("""
            UPDATE acme_orders o SET status = CASE WHEN s.proven THEN 'ready' ELSE 'invalid' END, error = CASE WHEN s.proven THEN NULL ELSE $2 END, updated_at = $3
            FROM (
                SELECT bool_and(a.status = 'valid') AS proven, bool_or(a.status NOT IN ('pending', 'valid')) AS failed
                FROM acme_authorizations a
                WHERE a.authz_id = ANY((SELECT authorization_ids FROM acme_orders WHERE order_id = $1)::text[])
            ) AS s
            WHERE o.order_id = $1 AND o.status = 'pending' AND (s.proven OR s.failed)
            RETURNING o.status
            """);
        var error = problem is null ? null : problem with { Subproblems = [new Subproblem(problem.Type, problem.Detail, attempt.Identifier)] };
        settle.Parameters.Text(attempt.OrderId).Json(error is null ? null : Wire.Text(error)).Time(now);
        return settle;
    }
}
