using System.Collections.Concurrent;
using Certctl.Load.Definitions;
using Certctl.Load.Http;
using Certctl.Load.Measuring;
using Certctl.Load.Running;

namespace Certctl.Load.BulkRenewal;

/// <summary>Bulk renewals of the same certificates at a rate. The first forces and must enqueue them all; each must complete.</summary>
internal static class BulkRenewalScenario
{
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(100);

    /// <summary>How long renewals of an earlier run may take to end before this one begins.</summary>
    private static readonly TimeSpan ReadyPatience = TimeSpan.FromMinutes(2);

    /// <summary>How long reading everything once may fail.</summary>
    private static readonly TimeSpan ReadPatience = TimeSpan.FromSeconds(5);

    /// <exception cref="FailedException">The instance does not have the certificates, or accepts no bulk at all.</exception>
    public static async Task<Report> RunAsync(BulkSettings settings, TimeProvider time)
    {
        var run = settings.Run;
        using var client = new LoadClient(settings.Target.Base, settings.Target.Token, settings.Target.CaFile);
        var api = new BulkApi(client, settings.Environment);
        await ReadyAsync(api, settings.Certificates, time);
        var meter = new Meter(Steps.BulkRenew);
        var later = new ConcurrentQueue<string>();
        var (began, beganAt) = (time.GetTimestamp(), time.GetUtcNow());
        var first = await api.AcceptAsync(force: true, CancellationToken.None);
        meter.Record(Steps.BulkRenew, time.GetElapsedTime(began), measured: true);
        var firstEnd = EndAsync(api, first, settings.DrainLimit + run.Duration, began, time);
        var loop = new OpenLoop(meter, run.Rate!.Value, run.Definition.MaxInFlight!.Value, run.WarmUp, run.Duration, time);
        var window = await Progress.DuringAsync(meter, time, () => loop.RunAsync(
            _ => Steps.BulkRenew, async (_, cancellation) => later.Enqueue(await api.AcceptAsync(settings.Saturate, cancellation))));

        var asked = time.GetTimestamp();
        var (firstState, firstDrained) = await firstEnd;
        List<BulkState?> states = [];
        foreach (var id in later)
        {
            var left = settings.DrainLimit - time.GetElapsedTime(asked);
            states.Add((await EndAsync(api, id, left > TimeSpan.Zero ? left : TimeSpan.Zero, began, time)).State);
        }

        var drained = time.GetElapsedTime(asked);
        var facts = BulkBooks.Audit(firstState, states, settings.Certificates);
        facts[Facts.FirstDrain] = firstDrained.TotalSeconds;
        facts[Facts.Drain] = drained.TotalSeconds;
        facts[Facts.RenewalsPerSecond] = ((firstState?.Completed ?? 0) + states.Sum(s => s?.Completed ?? 0))
            / (settings.Saturate ? time.GetElapsedTime(began) : firstDrained).TotalSeconds;
        facts[Facts.NotRenewed] = settings.Certificates - await Until.SeenAsync(
            () => api.RenewedSinceAsync(beganAt - settings.ClockAllowance), n => n == settings.Certificates, ReadPatience, Look, time);
        facts[Facts.SendLag] = loop.LagP99Ms;
        return run.Definition.Judge(meter.Report(run.Definition.Name, window, Described(settings, firstState, states)) with { Facts = facts }, run.Strict);
    }

    private static async Task ReadyAsync(BulkApi api, int certificates, TimeProvider time)
    {
        // A server that is not there, or refuses, is not waited for.
        var ready = await api.WouldEnqueueAsync();
        if (ready < certificates) ready = await Until.SeenAsync(api.WouldEnqueueAsync, n => n >= certificates, ReadyPatience, Look, time);
        if (ready != certificates)
            throw new FailedException(Failure.Error, $"a bulk would enqueue {ready} certificates and not {certificates}: make seed-scale brings them");
    }

    private static async Task<(BulkState? State, TimeSpan Elapsed)> EndAsync(BulkApi api, string id, TimeSpan patience, long began, TimeProvider time)
    {
        try
        {
            return (await Until.SeenAsync(() => api.ReadAsync(id), s => s.Ended, patience, Look, time), time.GetElapsedTime(began));
        }
        catch (Exception e) when (e is HttpRequestException or OperationCanceledException or FailedException or KeyNotFoundException or InvalidOperationException)
        {
            // It is missing in the books.
            return (null, time.GetElapsedTime(began));
        }
    }

    private static Dictionary<string, object> Described(BulkSettings settings, BulkState? first, List<BulkState?> later) => new()
    {
        ["base"] = settings.Target.Base,
        ["environment"] = settings.Environment,
        ["certificates"] = settings.Certificates,
        ["rate_per_second"] = settings.Run.Rate!.Value,
        ["bulks"] = later.Count + 1,
        ["first_enqueued"] = first?.Enqueued ?? 0,
        ["skipped"] = BulkBooks.Reasons([first, .. later]),
    };
}
