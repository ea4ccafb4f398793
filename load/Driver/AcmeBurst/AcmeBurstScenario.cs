using Certctl.Load.Definitions;
using Certctl.Load.Http;
using Certctl.Load.Measuring;
using Certctl.Load.Running;
using Certctl.Rfc8555;

namespace Certctl.Load.AcmeBurst;

/// <summary>
/// What every ACME client reads without an account, by many at once. By users it is a closed loop, whose stalls are in no
/// percentile: the longest silence is measured beside them. With a rate it is an open one.
/// </summary>
internal static class AcmeBurstScenario
{
    /// <summary>How often a user is idle after a failure: a server that refuses everything is not hammered.</summary>
    private static readonly TimeSpan AfterFailure = TimeSpan.FromMilliseconds(100);

    /// <exception cref="AcmeException">No certificate could be issued to ask about.</exception>
    public static async Task<Report> RunAsync(AcmeBurstSettings settings, TimeProvider time)
    {
        var run = settings.Run;
        using var http = AcmeHttp.Create(settings.CaFile);
        var certificateId = await IssuedCertificate.IssueAsync(http, settings.Directory, settings.Name, time);
        using var key = AcmeAccountKey.Es256();
        var directory = await new AcmeClient(http, settings.Directory, key).GetDirectoryAsync();
        using var client = new LoadClient(settings.Directory, token: null, settings.CaFile);
        var requests = new BurstRequests(client, settings.Directory, directory, certificateId, settings.ExpectLimit);
        var meter = settings.ExpectLimit ? new Meter([.. BurstRequests.Order, Steps.Limited]) : new Meter(BurstRequests.Order);
        var facts = new SortedDictionary<string, double>();
        var window = await Progress.DuringAsync(meter, time, () => run.Rate is { } rate ? OpenAsync(run, rate) : ClosedAsync());
        var report = meter.Report(run.Definition.Name, window, new Dictionary<string, object>
        {
            ["directory"] = settings.Directory,
            [run.Rate is null ? "users" : "rate_per_second"] = run.Rate ?? run.Users,
        });
        facts[Facts.NoncesTwice] = requests.Nonces.Repeated;
        if (settings.ExpectLimit)
        {
            facts[Facts.SeenLimited] = requests.Limited;
            facts[Facts.LetThrough] = meter.Finished - requests.Limited;
        }

        return run.Definition.Judge(report with { Facts = facts }, run.Strict);

        async Task<TimeSpan> OpenAsync(Arguments.RunOptions options, double rate)
        {
            var loop = new OpenLoop(meter, rate, options.Users, options.WarmUp, options.Duration, time);
            var length = await loop.RunAsync(StepOf, (n, cancellation) => requests.SendAsync(StepOf(n), cancellation));
            facts[Facts.SendLag] = loop.LagP99Ms;
            return length;
        }

        Task<TimeSpan> ClosedAsync() => new ClosedLoop(meter, Steps.Directory, run.Users, run.WarmUp, run.Duration, time).RunAsync(async (user, cancellation) =>
        {
            // Users begin at different requests, so that all kinds are asked for at any time.
            for (var i = 0; i < BurstRequests.Order.Length; i++) await MeasureAsync(StepOf(user + i), cancellation);
        });

        async Task MeasureAsync(string step, CancellationToken cancellation)
        {
            var (started, measured) = (time.GetTimestamp(), meter.IsOpen);
            try
            {
                meter.Record(await requests.SendAsync(step, cancellation), time.GetElapsedTime(started), measured);
            }
            catch (Exception e)
            {
                meter.Fail(step, e);
                await Task.Delay(AfterFailure, time, CancellationToken.None);
            }
        }
    }

    private static string StepOf(long number) => BurstRequests.Order[number % BurstRequests.Order.Length];
}
