using Certctl.Load.Agents;
using Certctl.Load.Definitions;
using Certctl.Load.Measuring;
using Certctl.UnitTests.Load.Servers;

namespace Certctl.UnitTests.Load;

public sealed class AgentScenarioTests : IAsyncLifetime
{
    private const string WrongAnswers = "wrong answers";
    private readonly FakeFleet fleet = new();
    private FakeServer? server;

    public async ValueTask InitializeAsync() => server = await FakeServer.StartAsync(fleet.Map);

    public async ValueTask DisposeAsync() => await server!.DisposeAsync();

    [Fact]
    public async Task An_honest_server_passes_the_storm()
    {
        var report = await StormAsync();

        report.Passes();
        Assert.Equal(20, report.Flows);
    }

    [Fact]
    public async Task A_heartbeat_that_was_accepted_and_not_stored_fails_the_storm()
    {
        fleet.Forgotten = "ag-loadtest-00003";
        var report = await StormAsync();

        report.Misses(Facts.AgentsNotStored);
        Assert.Equal(1, report.Facts[Facts.AgentsNotStored]);
    }

    [Fact]
    public async Task Storing_an_older_heartbeat_is_not_enough()
    {
        fleet.StoresFirstOnly = true;
        var report = await StormAsync();

        report.Misses(Facts.AgentsNotStored);
        Assert.Equal(10, report.Facts[Facts.AgentsNotStored]);
    }

    [Fact]
    public async Task A_refused_heartbeat_fails_the_storm()
    {
        server!.Refuse = (n, _) => n == 5 ? 503 : null;
        (await StormAsync()).Misses("failed %");
    }

    [Fact]
    public async Task An_answer_that_does_not_say_accepted_is_a_wrong_one()
    {
        fleet.Status = "ignored";
        Assert.Contains(WrongAnswers, (await StormAsync()).Missed());
    }

    [Fact]
    public async Task An_interval_of_nothing_is_a_wrong_answer()
    {
        fleet.NextSeconds = 0;
        Assert.Contains(WrongAnswers, (await StormAsync()).Missed());
    }

    [Fact]
    public async Task A_stall_is_in_the_percentiles_of_everything_that_was_meant_to_be_sent_meanwhile()
    {
        var (stall, began) = (TimeSpan.FromSeconds(1.4), (long?)null);
        server!.Late = (n, path) =>
        {
            if (n < 5 || !path.Value!.EndsWith("heartbeat", StringComparison.Ordinal)) return TimeSpan.Zero;
            var start = began ??= TimeProvider.System.GetTimestamp();
            return stall - TimeProvider.System.GetElapsedTime(start);
        };
        var report = await StormAsync(seconds: 2);

        report.Misses("heartbeat p95 ms", "heartbeat p99 ms");
        // Half of what the window holds, and not just the requests that were under way when it began.
        Assert.True(report.Steps[0].P50Ms > 200, $"p50 {report.Steps[0].P50Ms} ms");
    }

    [Fact]
    public async Task Nothing_accepted_is_no_latency()
    {
        server!.Refuse = (_, path) => path.Value!.EndsWith("heartbeat", StringComparison.Ordinal) ? 500 : null;
        (await StormAsync()).Misses("heartbeat p95 ms", "heartbeat p99 ms", "failed %");
    }

    [Fact]
    public async Task Agents_that_are_told_to_come_again_do()
    {
        fleet.Busy = 3;
        var report = await ReconnectAsync();

        report.Passes();
        Assert.Equal(3, report.Facts[Facts.Retries]);
        Assert.Equal(10, report.Flows);
    }

    [Fact]
    public async Task Agents_whose_connection_breaks_try_again_and_the_strict_run_fails()
    {
        server!.Break = n => n == 4;
        (await ReconnectAsync()).Passes();

        server.Break = n => n == 20;
        Assert.Contains(Facts.BrokenConnections, (await ReconnectAsync(strict: true)).Missed());
    }

    [Fact]
    public async Task A_503_that_does_not_say_when_is_a_wrong_answer()
    {
        (fleet.Busy, fleet.RetryAfter) = (1, null);
        (await ReconnectAsync()).Misses(WrongAnswers, "failed %", Facts.AgentsNotAccepted);
    }

    [Fact]
    public async Task An_agent_that_is_not_stored_fails_the_reconnect()
    {
        fleet.Forgotten = "ag-loadtest-00001";
        (await ReconnectAsync()).Misses(Facts.AgentsNotStored);
    }

    [Fact]
    public async Task A_fleet_that_is_absorbed_too_slowly_fails_the_reconnect()
    {
        server!.Late = (_, path) => path.Value!.EndsWith("heartbeat", StringComparison.Ordinal) ? TimeSpan.FromSeconds(0.3) : TimeSpan.Zero;
        var patient = Catalog.AgentReconnect;
        var hurried = patient with { Thresholds = [.. patient.Thresholds.Select(t => t.Of == Facts.AbsorbSeconds ? t with { Limit = t.Limit / 200 } : t)] };
        (await ReconnectAsync(hurried)).Misses(Facts.AbsorbSeconds);
    }

    private Task<Report> StormAsync(double seconds = 0.5) => AgentStormScenario.RunAsync(Settings(Catalog.AgentStorm, seconds), TimeProvider.System);

    private Task<Report> ReconnectAsync(ScenarioDefinition? definition = null, bool strict = false)
    {
        var settings = Settings(definition ?? Catalog.AgentReconnect, 0.1);
        return AgentReconnectScenario.RunAsync(settings with { Run = settings.Run with { Strict = strict } }, TimeProvider.System);
    }

    private AgentSettings Settings(ScenarioDefinition definition, double seconds) => new(
        ScenarioRun.Options(definition, seconds: seconds), ScenarioRun.Target(server!.Url), "token", Agents: 10,
        StoreLimit: TimeSpan.FromMilliseconds(600), ClockAllowance: TimeSpan.Zero);
}
