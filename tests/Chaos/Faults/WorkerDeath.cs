using Certctl.Chaos.Fleet;

namespace Certctl.Chaos.Faults;

/// <summary>Sees the commits of the worker in the books of the bulks.</summary>
internal static class WorkerDeath
{
    private const string Committed = "SELECT COALESCE(sum(total_completed), 0)::bigint FROM bulk_renewals WHERE status = 'running'";

    /// <summary>Returns right after the worker has committed a chunk; after three seconds without one all the same.</summary>
    public static async Task CommitAsync(ChaosDatabase database, CancellationToken cancellationToken)
    {
        var before = await database.TryCountAsync(Committed, cancellationToken);
        await Pause.UntilAsync(
            async () => await database.TryCountAsync(Committed, cancellationToken) is { } now && now != before,
            TimeSpan.FromSeconds(3), cancellationToken, TimeSpan.FromMilliseconds(2));
    }
}

/// <summary>The worker dies when its transaction is committed and RabbitMQ has not heard so: the message comes again.</summary>
internal sealed class WorkerDiesBeforeAcknowledgement : IFault
{
    public string Name => "worker-dies-before-ack";

    public string Target => $"{Service.RenewalWorker}";

    public async Task InjectAsync(Scene scene, Random random, CancellationToken cancellationToken)
    {
        var worker = scene.Fleet[Service.RenewalWorker];
        // Acknowledgements stay in the proxy, and are gone with the connection.
        worker.Broker.HoldSent();
        try
        {
            await WorkerDeath.CommitAsync(scene.Database, cancellationToken);
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
    }
}

/// <summary>The worker dies when RabbitMQ has its acknowledgement, before it does anything else.</summary>
internal sealed class WorkerDiesAfterAcknowledgement : IFault
{
    public string Name => "worker-dies-after-ack";

    public string Target => $"{Service.RenewalWorker}";

    public async Task InjectAsync(Scene scene, Random random, CancellationToken cancellationToken)
    {
        var worker = scene.Fleet[Service.RenewalWorker];
        await WorkerDeath.CommitAsync(scene.Database, cancellationToken);
        var sent = worker.Broker.Sent;
        await Pause.UntilAsync(() => Task.FromResult(worker.Broker.Sent > sent), TimeSpan.FromSeconds(2), cancellationToken, TimeSpan.FromMilliseconds(1));
        await worker.KillAsync();
        await Pause.ForAsync(random.Between(0, 2), cancellationToken);
        worker.Start();
    }
}
