using System.Collections.Concurrent;
using System.Net;
using System.Security.Cryptography;
using Certctl.Core.Domain.Access;
using Certctl.IntegrationTests.Acme;
using Certctl.IntegrationTests.Agents;
using Certctl.IntegrationTests.BulkRenewals;
using Certctl.Rfc8555;

namespace Certctl.IntegrationTests.Recovery;

/// <summary>Single renewals, heartbeats and ACME orders until it is stopped, and a note of everything that was accepted. A
/// connection that is refused or cut is tried again: that much a client must bear.</summary>
internal sealed class ShutdownLoad : IAsyncDisposable
{
    private const int Agents = 8;
    private static readonly TimeSpan Pace = TimeSpan.FromMilliseconds(20);

    private readonly ConcurrentBag<string> renewals = [];
    private readonly ConcurrentDictionary<string, DateTimeOffset> heartbeats = [];
    private readonly ConcurrentBag<string> orders = [];
    private readonly CancellationTokenSource stopping = new();
    private readonly ProductFleet fleet;
    private readonly AcmeClient account;
    private Task running = Task.CompletedTask;

    private ShutdownLoad(ProductFleet fleet, AcmeClient account) => (this.fleet, this.account) = (fleet, account);

    public bool IsUnderWay => renewals.Count > 20 && heartbeats.Count == Agents && orders.Count > 5;

    public static async Task<ShutdownLoad> StartAsync(ProductFleet fleet, CertificateSeed certificates)
    {
        var account = fleet.Acme("prof-burst", "CERTCTL_ACME_PORT");
        (await account.NewAccountAsync()).Ensured();
        var load = new ShutdownLoad(fleet, account);
        var work = new List<Task> { load.RenewAsync(certificates), load.OrderAsync(0), load.OrderAsync(1) };
        for (var i = 0; i < Agents; i++)
        {
            var agent = (await fleet.Client(Role.Operator).Post("agents", new { name = $"shutdown-{i}" })).Is(HttpStatusCode.Created).Json;
            work.Add(load.BeatAsync(agent.GetProperty("agent").Text("id"), fleet.Client(agent.Text("token"))));
        }

        load.running = Task.WhenAll(work);
        return load;
    }

    /// <summary>Stops, and waits for the requests that are under way.</summary>
    public async ValueTask DisposeAsync()
    {
        await stopping.CancelAsync();
        await running;
    }

    /// <summary>Every renewal completed, every heartbeat stored, every order that was finalized valid.</summary>
    public async Task NothingIsLostAsync()
    {
        foreach (var id in renewals) await fleet.Client(Role.Operator).RenewalBecomes(id, "completed");
        foreach (var (agent, sent) in heartbeats)
            await Eventually.Becomes(
                () => fleet.Database.Value<DateTime>("SELECT last_heartbeat_at FROM agent_liveness WHERE agent_id = $1", agent), at => at >= sent.UtcDateTime.AddMilliseconds(-1), "the heartbeat is stored");
        foreach (var url in orders)
            await Eventually.Becomes(() => account.GetOrderAsync(url), o => o.Member("status") == "valid", "the order is valid");
    }

    /// <summary>Runs to its end, or to the end of the connection.</summary>
    public static async Task Swallowed(Func<Task> request)
    {
        try
        {
            await request();
        }
        catch (Exception e) when (e is HttpRequestException or IOException or OperationCanceledException)
        {
            // The process that would have answered is gone.
        }
    }

    private async Task RenewAsync(CertificateSeed certificates)
    {
        var client = fleet.Client(Role.Operator);
        await RepeatAsync(async n =>
        {
            var answer = await client.Post($"certificates/{certificates.Id(n % certificates.Count + 1)}/renew");
            if (answer.Status == HttpStatusCode.Accepted) renewals.Add(answer.Json.Text("id"));
        });
    }

    private Task BeatAsync(string id, HttpClient agent) => RepeatAsync(async _ =>
    {
        var sent = TimeProvider.System.GetUtcNow();
        if ((await agent.Beat(id)).Status == HttpStatusCode.Accepted) heartbeats[id] = sent;
    });

    private Task OrderAsync(int lane) => RepeatAsync(async n =>
    {
        var name = $"shutdown-{lane}-{n}.example.test";
        var order = await account.NewOrderAsync([name]);
        if (!order.IsSuccess) return;
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        if ((await account.FinalizeAsync(order.Member("finalize")!, AcmeCsr.Create(key, name))).IsSuccess) orders.Add(order.Location!);
    });

    private async Task RepeatAsync(Func<int, Task> request)
    {
        using var pace = new PeriodicTimer(Pace);
        for (var n = 0; !stopping.IsCancellationRequested; n++)
        {
            var number = n;
            await Swallowed(() => request(number));
            await pace.WaitForNextTickAsync();
        }
    }
}
