using Certctl.Load.Definitions;
using Certctl.Load.Http;
using Certctl.Load.Measuring;
using Certctl.Load.Running;

namespace Certctl.Load.Agents;

/// <summary>
/// Every agent at once, each on a connection of its own. One that is told to come again later does, when it is told to; one whose
/// connection breaks waits a while, longer each time. Its latency goes on until it has its 202.
/// </summary>
internal static class AgentReconnectScenario
{
    /// <summary>Seconds between two tries, at most.</summary>
    private const double LongestWait = 16;

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    public static async Task<Report> RunAsync(AgentSettings settings, TimeProvider time)
    {
        var run = settings.Run;
        using var client = new LoadClient(settings.Target.Base, settings.AgentToken, settings.Target.CaFile, freshConnections: true);
        var fleet = new Fleet(client, settings.Agents, time);
        var meter = new Meter(Steps.Reconnect);
        // All of them within the duration, whatever the rate that this makes.
        var rate = settings.Agents / run.Duration.TotalSeconds;
        var loop = new OpenLoop(meter, rate, settings.Agents, TimeSpan.Zero, run.Duration, time);
        var (retries, broken) = (0L, 0L);
        var window = await Progress.DuringAsync(meter, time, () => loop.RunAsync(_ => Steps.Reconnect, (n, cancellation) => ReconnectAsync((int)n, cancellation)));
        var facts = new SortedDictionary<string, double>
        {
            [Facts.AgentsNotAccepted] = fleet.NotAccepted,
            [Facts.AbsorbSeconds] = window.TotalSeconds,
            [Facts.Retries] = retries,
            [Facts.BrokenConnections] = broken,
            [Facts.SendLag] = loop.LagP99Ms,
        };
        await StoredCheck.AddAsync(facts, fleet, settings, time);
        var report = meter.Report(run.Definition.Name, window, new Dictionary<string, object>
        {
            ["base"] = settings.Target.Base,
            ["agents"] = settings.Agents,
            ["rate_per_second"] = rate,
        });
        return run.Definition.Judge(report with { Facts = facts }, run.Strict);

        async Task ReconnectAsync(int agent, CancellationToken cancellation)
        {
            var began = time.GetTimestamp();
            for (var tries = 0; ; tries++)
            {
                if (await TrySendAsync(agent, begins: began, cancellation) is not { } beat)
                {
                    Interlocked.Increment(ref broken);
                    await Task.Delay(Jitter() + TimeSpan.FromSeconds(Math.Min(LongestWait, Math.Pow(2, tries))), time, cancellation);
                    continue;
                }

                if (beat.Answer.Status is not (503 or 429) || time.GetElapsedTime(began) > Patience)
                {
                    fleet.Accept(agent, beat);
                    return;
                }

                beat.Answer.Must(beat.Answer.RetryAfter is not null, "told to come again, and not when");
                Interlocked.Increment(ref retries);
                // As agents do: not earlier than told, and not all at once.
                await Task.Delay(beat.Answer.RetryAfter!.Value + Jitter(), time, cancellation);
            }
        }

        // Null when the connection broke and there is time for another one.
        async Task<(Answer Answer, DateTimeOffset Sent)?> TrySendAsync(int agent, long begins, CancellationToken cancellation)
        {
            try
            {
                return await fleet.SendAsync(agent, cancellation);
            }
            catch (Exception e) when ((e is HttpRequestException or OperationCanceledException) && !cancellation.IsCancellationRequested
                && time.GetElapsedTime(begins) < Patience)
            {
                return null;
            }
        }
    }

    private static TimeSpan Jitter() => TimeSpan.FromSeconds(Random.Shared.NextDouble());
}
