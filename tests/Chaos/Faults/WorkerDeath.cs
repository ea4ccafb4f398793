using Certctl.Chaos.Fleet;

namespace Certctl.Chaos.Faults;

/// <summary>Sees the commits of the worker in the books of the bulks and in the single renewals, which go on when no bulk does.</summary>
internal static class WorkerDeath
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private const string Committed = """
        SELECT (SELECT COALESCE(sum(total_completed), 0) FROM bulk_renewals)::bigint
            + (SELECT count(*) FROM renewals WHERE id = ANY($1) AND status = 'completed')
        """;

    /// <summary>Returns right after the worker has committed a chunk; false when it commits none in time.</summary>
    public static async Task<bool> CommitAsync(Scene scene, CancellationToken cancellationToken)
    {
        long? before = null;
        return await Pause.UntilAsync(async () =>
        {
            string[] single = [.. scene.Load.Renewals.Accepted.Select(r => r.Id)];
            var now = await scene.Database.TryCountAsync(Committed, cancellationToken, (object)single);
            if (now > before) return true;
            before = now ?? before;
            return false;
        }, Patience, cancellationToken, TimeSpan.FromMilliseconds(2));
    }
}

/// <summary>The worker dies when its transaction is committed and RabbitMQ has not heard so: the message comes again.</summary>
internal sealed class WorkerDiesBeforeAcknowledgement : IFault
{
    public string Name => "worker-dies-before-ack";

    public string Target => $"{Service.RenewalWorker}";

    public async Task<bool> InjectAsync(Scene scene, Random random, CancellationToken cancellationToken)
    {
        var worker = scene.Fleet[Service.RenewalWorker];
        // Acknowledgements stay in the proxy, and are gone with the connection.
        worker.Broker.HoldSent();
        try
        {
            if (!await WorkerDeath.CommitAsync(scene, cancellationToken)) return false;
            await worker.KillAsync();
        }
        finally
        {
            worker.Broker.Cut();
            worker.Broker.Release();
            worker.Broker.Heal();
        }

        await Pause.ForAsync(random.Between(0, 2), cancellationToken);
        worker.Start();
        return true;
    }
}

/// <summary>The worker dies when RabbitMQ has its acknowledgement, before it does anything else.</summary>
internal sealed class WorkerDiesAfterAcknowledgement : IFault
{
    public string Name => "worker-dies-after-ack";

    public string Target => $"{Service.RenewalWorker}";

    public async Task<bool> InjectAsync(Scene scene, Random random, CancellationToken cancellationToken)
    {
        var worker = scene.Fleet[Service.RenewalWorker];
        if (!await WorkerDeath.CommitAsync(scene, cancellationToken)) return false;
        var sent = worker.Broker.Sent;
        if (!await Pause.UntilAsync(() => Task.FromResult(worker.Broker.Sent > sent), TimeSpan.FromSeconds(2), cancellationToken, TimeSpan.FromMilliseconds(1))) return false;
        await worker.KillAsync();
        await Pause.ForAsync(random.Between(0, 2), cancellationToken);
        worker.Start();
        return true;
    }
}
