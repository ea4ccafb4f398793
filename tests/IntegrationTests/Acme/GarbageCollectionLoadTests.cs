using System.Diagnostics;
using Certctl.Contracts;
using Certctl.Rfc8555;

namespace Certctl.IntegrationTests.Acme;

/// <summary>With <c>CERTCTL_TEST_SWEEP_SCALE=20</c> it sweeps a million nonces and 100,000 orders, and compares latencies: that takes
/// minutes, and its figures want a quiet machine.</summary>
[Collection(RateLimitFleet.Name)]
public sealed class GarbageCollectionLoadTests(RateLimitFleet fleet)
{
    private const int Clients = 4;

    private static readonly int Scale = int.Parse(Environment.GetEnvironmentVariable("CERTCTL_TEST_SWEEP_SCALE") ?? "1", null);

    [Fact]
    public async Task What_has_run_out_is_swept_while_new_orders_are_placed()
    {
        await fleet.Database.Execute($"""
            INSERT INTO acme_used_nonces SELECT ('0190' || substr(md5(n::text), 1, 28))::uuid FROM generate_series(1, {50_000 * Scale}) n;
            INSERT INTO acme_orders (order_id, account_id, profile_id, identifiers, authorization_ids, status, expires_at, created_at, updated_at)
            SELECT 'acme-ord-load-' || n, 'acme-acc-load', 'prof-burst', '[]', ARRAY[]::text[], 'ready', now() - interval '1 h', now(), now() FROM generate_series(1, {5_000 * Scale}) n
            """);
        await fleet.Database.Execute("ANALYZE");
        var clients = await Task.WhenAll(Enumerable.Range(0, Clients).Select(_ => fleet.Account("prof-burst")));
        await MeasureAsync(clients, TimeSpan.FromSeconds(Math.Min(5, Scale)), new TaskCompletionSource().Task);
        var without = await MeasureAsync(clients, TimeSpan.FromSeconds(Math.Min(15, Scale)), new TaskCompletionSource().Task);
        var watch = Stopwatch.StartNew();
        var sweeps = SweepAsync();
        var during = await MeasureAsync(clients, TimeSpan.FromMinutes(5), sweeps);
        await sweeps;
        TestContext.Current.TestOutputHelper!.WriteLine(
            $"new-order p99 {P99(without):F1} ms of {without.Count} without, {P99(during):F1} ms of {during.Count} while sweeping for {watch.Elapsed.TotalSeconds:F1} s");
        Assert.Equal(0, await fleet.Database.Value<long>("""
            SELECT (SELECT count(*) FROM acme_orders WHERE account_id = 'acme-acc-load' AND status <> 'invalid')
                + (SELECT count(*) FROM acme_used_nonces WHERE nonce < '0191ffff-0000-0000-0000-000000000000')
            """));
        Assert.NotEmpty(during);
        if (Scale >= 20) Assert.True(P99(during) < 2 * P99(without), $"p99 {P99(during):F1} ms while sweeping, {P99(without):F1} ms without");
    }

    /// <summary>All at once, as at a tick.</summary>
    private Task SweepAsync() => Task.WhenAll(
        fleet.Run<IAcmeNonceSweep>(s => s.RunAsync(default)), fleet.Run<IAcmeOrderSweep>(s => s.RunAsync(default)), fleet.Run<IAcmeAuthorizationSweep>(s => s.RunAsync(default)));

    private static async Task<List<double>> MeasureAsync(AcmeClient[] clients, TimeSpan time, Task until)
    {
        var watch = Stopwatch.StartNew();
        var taken = await Task.WhenAll(clients.Select(async client =>
        {
            var milliseconds = new List<double>();
            while (watch.Elapsed < time && !until.IsCompleted)
            {
                var started = Stopwatch.GetTimestamp();
                (await client.NewOrderAsync(["load.example.test"])).Ensured();
                milliseconds.Add(Stopwatch.GetElapsedTime(started).TotalMilliseconds);
            }

            return milliseconds;
        }));
        return [.. taken.SelectMany(t => t).Order()];
    }

    private static double P99(List<double> sorted) => sorted[(int)(sorted.Count * 0.99)];
}
