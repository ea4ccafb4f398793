using Certctl.Load.Measuring;
using Certctl.Load.Running;

namespace Certctl.UnitTests.Load;

public sealed class OpenLoopTests
{
    private const string Step = "step";
    private readonly Meter meter = new(Step);

    [Fact]
    public async Task Everything_that_was_due_is_sent()
    {
        var sent = 0;
        var window = await Loop(rate: 200, maxInFlight: 200, seconds: 0.5).RunAsync(_ => Step, (_, _) => Task.FromResult(Interlocked.Increment(ref sent)));
        var report = Report(window);

        Assert.Equal((100, 100, 0), (sent, report.Flows, report.Failures));
        Assert.True(window >= TimeSpan.FromSeconds(0.49), $"{window}");
    }

    [Fact]
    public async Task Latency_begins_when_a_request_was_meant_to_be_sent()
    {
        // A server that does one thing at a time, at once, and stalls for 400 ms at the first: closed, one slow request of all.
        using var turn = new SemaphoreSlim(1);
        using var never = new SemaphoreSlim(0);
        var window = await Loop(rate: 100, maxInFlight: 100, seconds: 0.8).RunAsync(_ => Step, async (number, cancellation) =>
        {
            await turn.WaitAsync(cancellation);
            if (number == 0) await never.WaitAsync(TimeSpan.FromMilliseconds(400), cancellation);
            turn.Release();
        });
        var step = Report(window).Steps[0];

        Assert.Equal(80, step.Count);
        // 40 of 80 arrive in the stall and wait for what is left of it.
        Assert.True(step.P95Ms > 300, $"p95 {step.P95Ms} ms");
        Assert.True(step.P99Ms > 350, $"p99 {step.P99Ms} ms");
    }

    [Fact]
    public async Task What_cannot_be_sent_in_time_is_a_failure_and_not_forgotten()
    {
        var gate = new TaskCompletionSource();
        var arrived = 0;
        var window = await Loop(rate: 100, maxInFlight: 3, seconds: 0.3).RunAsync(
            number =>
            {
                // The last arrival opens the gate: until then three are in flight.
                if (number == 29) gate.TrySetResult();
                return Step;
            },
            async (_, _) =>
            {
                Interlocked.Increment(ref arrived);
                await gate.Task;
            });
        var report = Report(window);

        Assert.Equal((3, 27), (arrived, report.Failures));
        Assert.Equal(30, report.Attempts);
        Assert.Contains("not sent in time", Assert.Single(report.FailureReasons).Key, StringComparison.Ordinal);
        Assert.False(Threshold.FailedPercent(1).Judge(report).Met);
    }

    [Fact]
    public async Task What_is_sent_in_the_warm_up_is_not_measured()
    {
        var loop = new OpenLoop(meter, rate: 100, maxInFlight: 100, TimeSpan.FromSeconds(0.2), TimeSpan.FromSeconds(0.3), TimeProvider.System);
        var report = Report(await loop.RunAsync(_ => Step, (_, _) => Task.CompletedTask));

        Assert.Equal((30, 50), (report.Flows, report.Attempts));
    }

    [Fact]
    public async Task A_request_that_throws_is_counted_by_what_it_was()
    {
        var report = Report(await Loop(rate: 100, maxInFlight: 10, seconds: 0.04).RunAsync(_ => Step, (number, _) => number switch
        {
            0 => throw new FailedException(Failure.ServerError, "503"),
            1 => throw FailedException.Wrong("a lie"),
            2 => throw new HttpRequestException("refused"),
            _ => Task.CompletedTask,
        }));

        Assert.Equal((1, 3, 1, 1), (report.Flows, report.Failures, report.ServerErrors, report.WrongAnswers));
        Assert.Equal(3, report.Steps[0].Failures);
    }

    private OpenLoop Loop(double rate, int maxInFlight, double seconds) =>
        new(meter, rate, maxInFlight, TimeSpan.Zero, TimeSpan.FromSeconds(seconds), TimeProvider.System);

    private Report Report(TimeSpan window) => meter.Report("test", window, new Dictionary<string, object>());
}
