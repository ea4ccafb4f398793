using Certctl.Load.Definitions;
using Certctl.Load.Measuring;
using Certctl.Load.Rest;
using Certctl.UnitTests.Load.Servers;

namespace Certctl.UnitTests.Load;

public sealed class ApiScenarioTests : IAsyncLifetime
{
    private const string WrongAnswers = "wrong answers";
    private readonly FakeCertificates certificates = new();
    private FakeServer? server;

    public async ValueTask InitializeAsync() => server = await FakeServer.StartAsync(certificates.Map);

    public async ValueTask DisposeAsync() => await server!.DisposeAsync();

    [Fact]
    public async Task An_honest_server_passes()
    {
        var report = await RunAsync();

        report.Passes();
        Assert.Equal([20, 20], report.Steps.Select(s => s.Count));
    }

    [Fact]
    public async Task A_certificate_that_is_never_issued_fails_the_run()
    {
        certificates.StatusOfNew = "Pending";
        (await RunAsync()).Misses(Facts.NotIssued);
    }

    [Fact]
    public async Task A_certificate_that_stays_fails_the_run()
    {
        certificates.Archives = false;
        (await RunAsync()).Misses(Facts.NotArchived);
    }

    [Fact]
    public Task A_short_page_is_a_wrong_answer() => LieAsync(() => certificates.PageSize = 49);

    [Fact]
    public Task A_page_that_the_filter_excludes_is_a_wrong_answer() => LieAsync(() => certificates.ListedEnvironment = "production");

    [Fact]
    public Task Another_certificate_than_was_asked_for_is_a_wrong_answer() => LieAsync(() => certificates.NameGiven = "other.example.test");

    [Fact]
    public async Task Refusals_fail_the_run()
    {
        server!.Refuse = (n, _) => n is 10 or 11 ? 500 : null;
        (await RunAsync()).Misses("failed %");
    }

    [Fact]
    public async Task A_slow_server_breaks_both_latencies_of_both()
    {
        // Those that are counted afterwards are answered at once.
        server!.Late = (n, _) => n <= 40 ? TimeSpan.FromMilliseconds(600) : TimeSpan.Zero;
        (await RunAsync(strict: true)).Misses("create p95 ms", "create p99 ms", "list p95 ms", "list p99 ms");
    }

    private async Task LieAsync(Action lie)
    {
        lie();
        Assert.Contains(WrongAnswers, (await RunAsync()).Missed());
    }

    private Task<Report> RunAsync(bool strict = false) => ApiScenario.RunAsync(new ApiSettings(
        ScenarioRun.Options(Catalog.Api) with { Strict = strict }, ScenarioRun.Target(server!.Url), "prof-test", "loadtest", "loadtest-api-x-",
        IssueLimit: TimeSpan.FromMilliseconds(200)), TimeProvider.System);
}
