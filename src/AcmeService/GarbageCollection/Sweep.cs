using System.Diagnostics.Metrics;
using Npgsql;

namespace Certctl.AcmeService.GarbageCollection;

/// <summary>Repeats a statement that changes a bounded number of rows until it finds fewer, or a minute is over: the next tick goes
/// on from there. Each batch is a transaction of its own, and between two of them requests have the database to themselves for as
/// long as the batch took.</summary>
public sealed class Sweep(NpgsqlDataSource database, TimeProvider time, ILogger<Sweep> logger)
{
    /// <summary>Who a sweep is in audit rows.</summary>
    public const string Actor = "acme-system:gc";

    /// <summary>Small: while a batch is written out, what a request commits waits behind it.</summary>
    public const int BatchSize = 2_000;

    private static readonly TimeSpan Budget = TimeSpan.FromMinutes(1);

    /// <summary>Runs one sweep and writes an audit row when it changed something.</summary>
    /// <param name="job">The recurring job's id.</param>
    /// <param name="sql">Answers with the number of rows it changed; its last parameter is the size of a batch.</param>
    /// <param name="add">Adds the parameters before that.</param>
    /// <exception cref="TimeoutException">A statement was not done within the budget, for a lock on its table most likely.</exception>
    public async Task RunAsync(string job, string sql, Action<NpgsqlParameterCollection> add, Counter<long>? counter, CancellationToken cancellationToken)
    {
        var sweep = new KeyValuePair<string, object?>("sweep", job);
        AcmeCounters.Runs.Add(1, sweep);
        AcmeCounters.RunFailures.Add(0, sweep);
        using var budget = new CancellationTokenSource(Budget, time);
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, budget.Token);
        long total = 0;
        try
        {
            int changed;
            do
            {
                var started = time.GetTimestamp();
                changed = await BatchAsync(sql, add, ending.Token);
                total += changed;
                counter?.Add(changed);
                if (changed == BatchSize) await Task.Delay(time.GetElapsedTime(started), time, ending.Token);
            }
            while (changed == BatchSize);
        }
        catch (TaskCanceledException) when (total > 0 && budget.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            logger.LogInformation("{Job} goes on at its next turn", job);
        }
        catch (OperationCanceledException e) when (budget.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            AcmeCounters.RunFailures.Add(1, sweep);
            throw new TimeoutException($"A statement of {job} was not done within {Budget}.", e);
        }
        catch (Exception) when (!cancellationToken.IsCancellationRequested)
        {
            AcmeCounters.RunFailures.Add(1, sweep);
            throw;
        }
        finally
        {
            if (total > 0) await AuditAsync(job, total);
        }
    }

    private async Task<int> BatchAsync(string sql, Action<NpgsqlParameterCollection> add, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(sql);
        add(command.Parameters);
        command.Parameters.Number(BatchSize);
        command.CommandTimeout = 0; // The budget's token ends it.
        return (int)(await command.ExecuteScalarAsync(cancellationToken))!;
    }

    private async Task AuditAsync(string job, long rows)
    {
        await using var command = database.CreateCommand("""
            INSERT INTO audit_events (actor, actor_type, action, resource_type, resource_id, details, timestamp)
            VALUES ($1, 'system', 'acme_gc', 'recurring_job', $2, jsonb_build_object('rows', $3::bigint), $4)
            """);
        command.Parameters.Text(Actor).Text(job).Number((int)Math.Min(rows, int.MaxValue)).Time(time.GetUtcNow());
        await command.ExecuteNonQueryAsync();
    }
}
