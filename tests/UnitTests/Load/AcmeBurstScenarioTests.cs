using Certctl.Load.AcmeBurst;
using Certctl.Load.Definitions;
using Certctl.Load.Measuring;
using Certctl.UnitTests.Load.Servers;

namespace Certctl.UnitTests.Load;

public sealed class AcmeBurstScenarioTests : IAsyncLifetime
{
    private const string WrongAnswers = "wrong answers";
    private static readonly TimeSpan Slow = TimeSpan.FromMilliseconds(120);
    private readonly FakeAcme acme = new();
    private FakeServer? server;

    public async ValueTask InitializeAsync() => server = await FakeServer.StartAsync(acme.Map);

    public async ValueTask DisposeAsync()
    {
        await server!.DisposeAsync();
        acme.Dispose();
    }

    [Fact]
    public async Task An_honest_server_passes()
    {
        var report = await RunAsync();

        report.Passes();
        Assert.All(report.Steps, s => Assert.True(s.Count > 0, s.Name));
    }

    [Fact]
    public async Task With_a_rate_it_is_an_open_model()
    {
        var report = await RunAsync(rate: 80);

        report.Passes();
        Assert.Equal(40, report.Flows);
    }

    [Theory]
    [InlineData("/acme/directory", "directory p95 ms")]
    [InlineData("/acme/new-nonce", "new-nonce p95 ms")]
    [InlineData("/acme/renewal-info", "renewal-info p95 ms", "renewal-info, unknown p95 ms")]
    public async Task A_slow_resource_breaks_its_latency(string path, params string[] thresholds)
    {
        server!.Late = (_, asked) => asked.StartsWithSegments(path) ? Slow : TimeSpan.Zero;
        // The tenth of the limits.
        var missed = (await RunAsync(strict: true)).Missed();
        Assert.All(thresholds, t => Assert.Contains(t, missed));
    }

    [Fact]
    public async Task A_stall_that_a_closed_loop_hides_is_seen_as_silence()
    {
        server!.StallAt(request: 60, TimeSpan.FromMilliseconds(700));
        var missed = (await RunAsync(strict: true, seconds: 2)).Missed();
        Assert.Contains("longest silence ms", missed);
    }

    [Fact]
    public async Task A_rate_below_the_strict_one_fails_the_strict_run()
    {
        server!.Late = (_, _) => TimeSpan.FromMilliseconds(5);
        Assert.Contains("flows/s", (await RunAsync(strict: true)).Missed());
    }

    [Fact]
    public async Task Server_errors_fail_the_run()
    {
        server!.Refuse = (n, _) => n % 50 == 30 ? 503 : null;
        (await RunAsync()).Misses("server errors %", "failed %");
    }

    [Fact]
    public async Task A_limit_that_nobody_expects_is_a_failure()
    {
        acme.Allowed = 40;
        Assert.Contains("failed %", (await RunAsync()).Missed());
    }

    [Fact]
    public Task A_directory_that_changes_is_a_wrong_answer() => LieAsync(() => acme.DirectoryChanges = true);

    [Fact]
    public Task A_nonce_that_may_be_cached_is_a_wrong_answer() => LieAsync(() => acme.NonceCaching = "public");

    [Fact]
    public Task A_204_to_HEAD_is_a_wrong_answer() => LieAsync(() => acme.NonceStatus = 204);

    [Fact]
    public Task A_nonce_given_twice_fails_the_run() => LieAsync(() => acme.NonceAlways = "AAAA", Facts.NoncesTwice);

    [Fact]
    public Task A_nonce_that_is_no_base64url_is_a_wrong_answer() => LieAsync(() => acme.NonceAlways = "a+b/");

    [Fact]
    public Task Renewal_information_without_RetryAfter_is_a_wrong_answer() => LieAsync(() => acme.AriRetryAfter = null);

    [Fact]
    public Task A_window_that_ends_before_it_begins_is_a_wrong_answer() => LieAsync(() => acme.WindowReversed = true);

    [Fact]
    public Task A_made_up_certificate_that_is_known_is_a_wrong_answer() => LieAsync(() => acme.UnknownStatus = 200);

    [Fact]
    public Task A_problem_of_another_type_is_a_wrong_answer() => LieAsync(() => acme.UnknownType = "about:blank");

    [Fact]
    public async Task A_limit_of_the_right_shape_is_what_the_limit_phase_is_for()
    {
        acme.Allowed = 60;
        var report = await RunAsync(limit: true);

        report.Passes();
        Assert.True(report.Facts[Facts.SeenLimited] > 0);
    }

    [Fact]
    public async Task No_limit_seen_fails_the_limit_phase() => (await RunAsync(limit: true)).Misses(Facts.SeenLimited);

    [Fact]
    public Task A_429_that_is_plain_JSON_is_a_wrong_answer() => LimitLieAsync(() => acme.LimitContentType = "application/json");

    [Fact]
    public Task A_429_of_another_type_is_a_wrong_answer() => LimitLieAsync(() => acme.LimitType = "urn:ietf:params:acme:error:malformed");

    [Fact]
    public Task A_429_without_RetryAfter_is_a_wrong_answer() => LimitLieAsync(() => acme.LimitRetryAfter = null);

    [Fact]
    public async Task A_server_that_lets_nobody_through_fails_the_limit_phase()
    {
        acme.Allowed = 3; // The set-up's.
        Assert.Contains(Facts.LetThrough, (await RunAsync(limit: true)).Missed());
    }

    private async Task LieAsync(Action lie, string threshold = WrongAnswers)
    {
        lie();
        Assert.Contains(threshold, (await RunAsync()).Missed());
    }

    private async Task LimitLieAsync(Action lie)
    {
        acme.Allowed = 60;
        lie();
        Assert.Contains(WrongAnswers, (await RunAsync(limit: true)).Missed());
    }

    private Task<Report> RunAsync(bool limit = false, bool strict = false, double? rate = null, double seconds = 0.5)
    {
        var run = ScenarioRun.Options(limit ? Catalog.AcmeBurstLimit : Catalog.AcmeBurst, rate, seconds) with { Strict = strict };
        return AcmeBurstScenario.RunAsync(new AcmeBurstSettings(run, server!.Url + FakeAcme.DirectoryPath, CaFile: null, "burst.example.test", limit), TimeProvider.System);
    }
}
