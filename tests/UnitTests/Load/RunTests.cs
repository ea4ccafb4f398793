using Certctl.Load.Measuring;
using Certctl.Load.Running;

namespace Certctl.UnitTests.Load;

public sealed class RunTests
{
    private static readonly TimeSpan Short = TimeSpan.FromMilliseconds(60);
    private readonly Meter meter = new("step", Meter.Flow);

    [Fact]
    public async Task Flows_that_succeed_pass()
    {
        var report = await RunAsync(_ => Task.CompletedTask, Threshold.SomeFlows, Threshold.MostFailures(0));

        Assert.True(report.Passed);
        Assert.True(report.FlowsPerSecond > 0);
        Assert.Empty(report.FailureReasons);
    }

    [Fact]
    public async Task A_server_that_lies_once_fails_the_run()
    {
        var flows = 0;
        var report = await RunAsync(
            _ => Interlocked.Increment(ref flows) == 1 ? throw new InvalidDataException("a lie") : Task.CompletedTask, Threshold.MostFailures(0));

        Assert.False(report.Passed);
        Assert.Equal(1, report.Failures);
        Assert.Contains("a lie", Assert.Single(report.FailureReasons).Key, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_server_that_answers_nothing_in_time_fails_the_run()
    {
        var report = await RunAsync(_ => throw new TimeoutException("slow"), Threshold.SomeFlows);

        Assert.False(report.Passed);
        Assert.Equal(0, report.Flows);
    }

    [Fact]
    public void A_slow_flow_breaks_the_latency_threshold()
    {
        meter.Open();
        meter.Record(Meter.Flow, TimeSpan.FromMilliseconds(80));
        var report = meter.Report("test", TimeSpan.FromSeconds(1), Settings);

        Assert.False(Threshold.P95(Meter.Flow, 79).Judge(report).Met);
        Assert.True(Threshold.P95(Meter.Flow, 81).Judge(report).Met);
    }

    [Fact]
    public void What_was_not_measured_keeps_no_threshold()
    {
        var report = meter.Report("test", TimeSpan.FromSeconds(1), Settings);

        Assert.All(
            [Threshold.P95(Meter.Flow, 1000), Threshold.P99("no such step", 1000), Threshold.FailedPercent(1), Threshold.MostOf("no such fact", 1)],
            t => Assert.False(t.Judge(report).Met, t.Name));
        Assert.False(report.Passed);
    }

    [Fact]
    public void A_low_rate_breaks_the_rate_threshold()
    {
        meter.Open();
        for (var i = 0; i < 20; i++) meter.Record(Meter.Flow, TimeSpan.FromMilliseconds(1));
        var report = meter.Report("test", TimeSpan.FromSeconds(2), Settings);

        Assert.True(Threshold.LeastRate(10).Judge(report).Met);
        Assert.False(Threshold.LeastRate(10.1).Judge(report).Met);
    }

    [Fact]
    public void Only_what_ends_inside_the_window_is_measured_but_every_failure_counts()
    {
        meter.Record(Meter.Flow, Short);
        meter.Fail(Meter.Flow, Failure.Error, "while warming up");
        meter.Open();
        meter.Record(Meter.Flow, Short);
        meter.Close();
        meter.Record(Meter.Flow, Short);
        var report = meter.Report("test", TimeSpan.FromSeconds(1), Settings);

        Assert.Equal(1, report.Flows);
        Assert.Equal(1, report.Failures);
        Assert.Equal(3, meter.Finished);
    }

    [Fact]
    public async Task A_flow_that_begins_in_the_window_is_measured_whenever_it_ends()
    {
        using var never = new SemaphoreSlim(0);
        var loop = new ClosedLoop(meter, Meter.Flow, clients: 1, warmUp: TimeSpan.Zero, Short, TimeProvider.System);
        var window = await loop.RunAsync(async (_, cancellation) =>
        {
            while (!meter.IsOpen) await Task.Yield();
            var clock = new StepClock(meter, TimeProvider.System);
            await never.WaitAsync(Short * 5, cancellation);
            clock.FlowEnded();
        });
        var report = meter.Report("test", window, Settings);

        Assert.Equal(1, report.Flows);
        Assert.False(Threshold.P95(Meter.Flow, Short.TotalMilliseconds * 4).Judge(report).Met);
    }

    [Fact]
    public void Percentiles_are_those_of_what_was_recorded()
    {
        meter.Open();
        for (var ms = 1; ms <= 100; ms++) meter.Record("step", TimeSpan.FromMilliseconds(ms));
        var step = meter.Report("test", TimeSpan.FromSeconds(1), Settings).Steps[0];

        Assert.Equal((100, 50.0, 95.0, 99.0, 100.0), (step.Count, step.P50Ms, step.P95Ms, step.P99Ms, step.MaxMs), Close);
    }

    private static Dictionary<string, object> Settings => [];

    // HdrHistogram keeps three digits.
    private static bool Close((long, double, double, double, double) a, (long, double, double, double, double) b) =>
        a.Item1 == b.Item1 && Near(a.Item2, b.Item2) && Near(a.Item3, b.Item3) && Near(a.Item4, b.Item4) && Near(a.Item5, b.Item5);

    private static bool Near(double a, double b) => Math.Abs(a - b) < 0.1;

    private async Task<Report> RunAsync(Func<int, Task> flow, params Threshold[] thresholds)
    {
        var loop = new ClosedLoop(meter, Meter.Flow, clients: 2, warmUp: TimeSpan.Zero, Short, TimeProvider.System);
        var window = await loop.RunAsync(async (index, _) =>
        {
            await flow(index);
            await Task.Yield();
            meter.Record(Meter.Flow, TimeSpan.FromMilliseconds(1));
        });
        var report = meter.Report("test", window, Settings);
        return report with { Thresholds = [.. thresholds.Select(t => t.Judge(report))] };
    }
}
