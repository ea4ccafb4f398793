namespace Certctl.Chaos.Load;

/// <summary>Bulk renewals, single renewals, heartbeats and ACME orders at once.</summary>
internal sealed class MixedLoad(LoadClients clients, LoadSize size) : IDisposable
{
    private readonly CancellationTokenSource stop = new();
    private Task running = Task.CompletedTask;
    private Task bulks = Task.CompletedTask;

    public Answers Answers { get; } = new();

    public BulkLoad Bulks { get; private set; } = null!;

    public RenewalLoad Renewals { get; private set; } = null!;

    public HeartbeatLoad Heartbeats { get; private set; } = null!;

    public OrderLoad Orders { get; private set; } = null!;

    public DateTimeOffset StartedAt { get; } = TimeProvider.System.GetUtcNow();

    public void Start()
    {
        Bulks = new BulkLoad(clients.Operator, size.Bulks, Answers);
        Renewals = new RenewalLoad(clients.Operator, Answers);
        Heartbeats = new HeartbeatLoad(clients.Agents, size.Agents, size.HeartbeatsPerSecond, Answers);
        Orders = new OrderLoad(clients.Acme, Answers);
        bulks = Bulks.RunAsync(stop.Token);
        running = Task.WhenAll(Renewals.RunAsync(stop.Token), Heartbeats.RunAsync(stop.Token), Orders.RunAsync(stop.Token));
    }

    /// <summary>Nothing new is asked for; what was accepted is followed to its end.</summary>
    /// <exception cref="TimeoutException">A bulk was not accepted.</exception>
    public async Task StopAsync(TimeSpan finishWithin, CancellationToken cancellationToken)
    {
        await bulks;
        await stop.CancelAsync();
        await running;
        await Orders.FinishAsync(finishWithin, cancellationToken);
    }

    public override string ToString() => $"{Bulks.Accepted.Count} bulks, {Renewals.Accepted.Count} renewals, {Orders.Accepted.Count} orders, {Heartbeats.Accepted} heartbeats";

    public void Dispose()
    {
        stop.Cancel();
        stop.Dispose();
    }
}

/// <summary>How much is asked for in a round.</summary>
/// <param name="Bulks">Bodies of the bulk renewals.</param>
/// <param name="RecoverWithin">How long it may take afterwards until everything goes at its normal rate.</param>
internal sealed record LoadSize(IReadOnlyList<object> Bulks, int Agents, int HeartbeatsPerSecond, TimeSpan RecoverWithin)
{
    /// <summary>One bulk over 10,000 certificates.</summary>
    public static readonly LoadSize Whole = new([new { environment = "loadtest", force = true }], Agents: 1_000, HeartbeatsPerSecond: 200, TimeSpan.FromSeconds(30));

    /// <summary>Two bulks over a thousand certificates each, for a round of seconds. It runs on the plain build, whose processes
    /// compile themselves when they are started, beside whatever else a test run does.</summary>
    public static readonly LoadSize Short = new(
        [new { name_prefix = "loadtest-bulk-00", force = true }, new { name_prefix = "loadtest-bulk-01", force = true }], Agents: 500, HeartbeatsPerSecond: 100, TimeSpan.FromSeconds(60));
}
