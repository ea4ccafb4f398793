using Certctl.Load.BulkRenewal;
using Certctl.Load.Definitions;
using Certctl.Load.Measuring;
using Certctl.UnitTests.Load.Servers;

namespace Certctl.UnitTests.Load;

public sealed class BulkRenewalScenarioTests : IAsyncLifetime
{
    private readonly FakeBulks bulks = new();
    private FakeServer? server;

    public async ValueTask InitializeAsync() => server = await FakeServer.StartAsync(bulks.Map);

    public async ValueTask DisposeAsync() => await server!.DisposeAsync();

    [Fact]
    public async Task An_honest_server_passes()
    {
        var report = await RunAsync();

        report.Passes();
        Assert.Equal(21, report.Flows);
        Assert.Contains("recently_renewed", System.Text.Json.JsonSerializer.Serialize(report.Settings["skipped"]), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Where_each_forces_renewing_again_is_no_fault()
    {
        bulks.EnqueuedLater = FakeBulks.Certificates;
        (await RunAsync(saturate: true)).Passes();
    }

    [Fact]
    public async Task A_first_bulk_that_takes_too_few_fails_the_run()
    {
        bulks.EnqueuedFirst = FakeBulks.Certificates - 1;
        (await RunAsync()).Misses(Facts.NotEnqueuedFirst);
    }

    [Fact]
    public async Task A_bulk_that_does_not_say_why_it_skips_fails_the_run()
    {
        bulks.Explained = FakeBulks.Certificates - 1;
        (await RunAsync()).Misses(Facts.Unexplained);
    }

    [Fact]
    public async Task Renewals_enqueued_twice_fail_the_run()
    {
        bulks.EnqueuedLater = 1;
        (await RunAsync()).Misses(Facts.EnqueuedAgain);
    }

    [Fact]
    public async Task A_bulk_that_never_completes_fails_the_run()
    {
        bulks.EndStatus = "running";
        (await RunAsync()).Misses(Facts.NotCompleted);
    }

    [Fact]
    public async Task A_cancelled_bulk_fails_the_run()
    {
        bulks.EndStatus = "cancelled";
        (await RunAsync()).Misses(Facts.NotCompleted);
    }

    [Fact]
    public async Task A_renewal_that_is_in_no_book_fails_the_run()
    {
        bulks.Lost = 1;
        (await RunAsync()).Misses(Facts.Unbalanced);
    }

    [Fact]
    public async Task A_renewal_that_failed_fails_the_run()
    {
        bulks.Failed = 1;
        (await RunAsync()).Misses(Facts.NotSucceeded);
    }

    [Fact]
    public async Task A_bulk_that_is_said_to_be_completed_and_renewed_nothing_fails_the_run()
    {
        bulks.RenewedAt = DateTimeOffset.UnixEpoch;
        (await RunAsync()).Misses(Facts.NotRenewed);
    }

    [Fact]
    public async Task A_location_of_another_bulk_fails_the_run()
    {
        await RunFailsAtOnceAsync(() => bulks.LocationOf = "/api/v1/bulk-renewals/other-");
    }

    [Fact]
    public async Task A_200_is_no_202()
    {
        await RunFailsAtOnceAsync(() => bulks.AcceptStatus = 200);
    }

    [Fact]
    public async Task A_lie_after_the_first_bulk_is_a_wrong_answer()
    {
        server!.Refuse = (n, path) => n == 12 && path.Value!.EndsWith("bulk-renew", StringComparison.Ordinal) ? 200 : null;
        Assert.Contains("wrong answers", (await RunAsync()).Missed());
    }

    [Fact]
    public async Task Refused_bulks_fail_the_run()
    {
        // Of every third bulk; polls are answered.
        server!.Refuse = (n, path) => n > 4 && n % 3 == 0 && path.Value!.EndsWith("bulk-renew", StringComparison.Ordinal) ? 500 : null;
        (await RunAsync()).Misses("failed %");
    }

    [Fact]
    public async Task A_slow_server_breaks_both_latencies()
    {
        server!.Late = (n, path) => n > 3 && path.Value!.EndsWith("bulk-renew", StringComparison.Ordinal) ? TimeSpan.FromMilliseconds(600) : TimeSpan.Zero;
        // A tenth of 2 and of 5 seconds.
        var report = await RunAsync(strict: true);
        Assert.Contains("bulk-renew p95 ms", report.Missed());
        Assert.Contains("bulk-renew p99 ms", report.Missed());
    }

    [Fact]
    public async Task Fixtures_that_are_not_there_are_no_run()
    {
        var settings = Settings() with { Certificates = FakeBulks.Certificates - 1 };
        await Assert.ThrowsAsync<FailedException>(() => BulkRenewalScenario.RunAsync(settings, TimeProvider.System));
    }

    private async Task RunFailsAtOnceAsync(Action lie)
    {
        lie();
        var failure = await Assert.ThrowsAsync<FailedException>(() => RunAsync());
        Assert.Equal(Failure.Wrong, failure.Kind);
    }

    private Task<Report> RunAsync(bool saturate = false, bool strict = false)
    {
        var settings = Settings(saturate);
        return BulkRenewalScenario.RunAsync(settings with { Run = settings.Run with { Strict = strict } }, TimeProvider.System);
    }

    private BulkSettings Settings(bool saturate = false) => new(
        ScenarioRun.Options(saturate ? Catalog.BulkRenewalSaturate : Catalog.BulkRenewal), ScenarioRun.Target(server!.Url), "loadtest",
        FakeBulks.Certificates, saturate, DrainLimit: TimeSpan.FromMilliseconds(200), ClockAllowance: TimeSpan.Zero);
}
