using System.Globalization;
using Certctl.Load.Http;
using Certctl.Load.Measuring;
using Certctl.Load.Running;

namespace Certctl.Bench;

/// <summary>Heartbeats from this process.</summary>
internal static class Beats
{
    private const string Step = "heartbeat";
    private const int MaxInFlight = 200;

    private static readonly TimeSpan VisibleWithin = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(2); // Below the rate that one API key may ask at.
    private static readonly byte[] Body = """{"version":"1.0.0","os":"linux","architecture":"amd64"}"""u8.ToArray();

    /// <summary>The agent of a number, from 1.</summary>
    public static string Agent(int number) => "ag-loadtest-" + number.ToString("D5", CultureInfo.InvariantCulture);

    /// <exception cref="FailedException">The answer is no 202.</exception>
    public static async Task SendAsync(LoadClient agents, string id, CancellationToken cancellation = default) =>
        (await agents.SendAsync(HttpMethod.Post, $"/api/v1/agents/{id}/heartbeat", Body, cancellation)).Expect(202);

    /// <summary>At a fixed rate, each timed from the instant at which it was due (no coordinated omission).</summary>
    public static async Task<StepReport> AtRateAsync(LoadClient agents, double perSecond, TimeSpan duration)
    {
        var meter = new Meter(Step);
        var loop = new OpenLoop(meter, perSecond, MaxInFlight, TimeSpan.Zero, duration, TimeProvider.System);
        var window = await loop.RunAsync(_ => Step, (_, cancellation) => SendAsync(agents, Any(), cancellation));
        return meter.Report(Step, window, new Dictionary<string, object>()).Steps[0];
    }

    /// <summary>From a 202 until GET /agents/{id} shows that heartbeat, one agent after the other.</summary>
    /// <exception cref="TimeoutException">One never showed.</exception>
    public static async Task<StepReport> VisibilitiesAsync(LoadClient agents, LoadClient viewer, int count)
    {
        var (meter, time) = (new Meter(Step), TimeProvider.System);
        meter.Open();
        for (var i = 0; i < count; i++)
        {
            var (id, before) = (Any(), time.GetUtcNow());
            await SendAsync(agents, id);
            var started = time.GetTimestamp();
            if (await Until.SeenAsync(() => LastAsync(viewer, id), at => at >= before, VisibleWithin, Look, time) < before) throw new TimeoutException($"The heartbeat of {id} never showed.");
            meter.Record(Step, time.GetElapsedTime(started));
        }

        return meter.Report(Step, meter.Close(), new Dictionary<string, object>()).Steps[0];
    }

    private static string Any() => Agent(Random.Shared.Next(1, HeartbeatBench.Agents + 1));

    private static async Task<DateTimeOffset> LastAsync(LoadClient viewer, string id) =>
        (await viewer.GetAsync($"/api/v1/agents/{id}")).Expect(200).Json().GetProperty("last_heartbeat_at").GetDateTimeOffset();
}
