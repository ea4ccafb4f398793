using System.Net;
using System.Net.Http.Headers;
using System.Text.RegularExpressions;
using Hangfire;
using Microsoft.Extensions.DependencyInjection;

namespace Certctl.IntegrationTests.Dashboard;

[Collection(SharedServer.Name)]
public sealed partial class DashboardTests(SharedServer server)
{
    [Theory]
    [InlineData("/hangfire")]
    [InlineData("/hangfire/recurring")]
    public async Task Without_a_login_the_dashboard_sends_to_the_login_page(string path)
    {
        var browser = server.Browser();
        Assert.Contains("/login", (await browser.Get(path)).Is(HttpStatusCode.Found).Location, StringComparison.Ordinal);
        // A token of the API does not open it.
        browser.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", CertctlServer.KeyOf("Admin"));
        (await browser.Get(path)).Is(HttpStatusCode.Found);
    }

    [Theory]
    [InlineData("Operator")]
    [InlineData("Admin")]
    public async Task An_operators_key_opens_the_dashboard_with_the_jobs_of_the_workers(string name)
    {
        var browser = server.Browser();
        var login = await browser.LogIn(CertctlServer.KeyOf(name));
        Assert.Equal("/hangfire", login.Is(HttpStatusCode.Found).Location);
        var cookie = login.Headers.GetValues("Set-Cookie").Single(c => c.StartsWith("certctl-dashboard=", StringComparison.Ordinal));
        foreach (var attribute in (string[])["httponly", "secure", "samesite=strict"]) Assert.Contains(attribute, cookie, StringComparison.OrdinalIgnoreCase);

        foreach (var path in (string[])["/hangfire", "/hangfire/jobs/enqueued", "/hangfire/servers"]) (await browser.Get(path)).Is(HttpStatusCode.OK);
        var recurring = (await browser.Get("/hangfire/recurring")).Is(HttpStatusCode.OK);
        Assert.Contains("renewal-scan", recurring.Body, StringComparison.Ordinal);
        Assert.Contains("Enqueue renewals of certificates that their policies say are due", recurring.Body, StringComparison.Ordinal);
        Assert.Contains("Trigger now", recurring.Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_login_is_audited_and_ends_with_the_logout()
    {
        var browser = server.Browser();
        (await browser.LogIn(CertctlServer.KeyOf("OtherOperator"))).Is(HttpStatusCode.Found);
        Assert.Equal("other-operator", await server.Database.Value<string>(
            "SELECT actor FROM audit_events WHERE action = 'dashboard_login' AND resource_id = 'env:other-operator'"));
        var page = (await browser.Get("/login")).Is(HttpStatusCode.OK);
        Assert.Contains("other-operator", page.Body, StringComparison.Ordinal);
        (await browser.Post("/logout", new FormUrlEncodedContent([DashboardLogin.HiddenFieldOf(page)]))).Is(HttpStatusCode.Found);
        (await browser.Get("/hangfire")).Is(HttpStatusCode.Found);
    }

    [Fact]
    public async Task A_viewer_looks_and_cannot_trigger()
    {
        var browser = server.Browser();
        (await browser.LogIn(CertctlServer.KeyOf("Viewer"))).Is(HttpStatusCode.Found);
        var recurring = (await browser.Get("/hangfire/recurring")).Is(HttpStatusCode.OK);
        Assert.Contains("renewal-scan", recurring.Body, StringComparison.Ordinal);
        Assert.DoesNotContain("Trigger now", recurring.Body, StringComparison.Ordinal);
        Assert.True((await TriggerAsync(browser, Token(recurring))).Status >= HttpStatusCode.BadRequest, "a viewer triggered a job");
    }

    [Fact]
    public async Task Only_the_dashboards_own_pages_trigger()
    {
        (await TriggerAsync(server.Browser(), null)).Is(HttpStatusCode.Found);
        var browser = server.Browser();
        (await browser.LogIn(CertctlServer.KeyOf("Operator"))).Is(HttpStatusCode.Found);
        // Another site's page cannot read the token, however it makes the browser send the cookie.
        Assert.True((await TriggerAsync(browser, null)).Status >= HttpStatusCode.BadRequest, "a request without the token triggered a job");
        var token = Token((await browser.Get("/hangfire/recurring")).Is(HttpStatusCode.OK));
        (await TriggerAsync(browser, token)).Is(HttpStatusCode.NoContent);
    }

    [Theory]
    [InlineData("Agent")]
    [InlineData("Nobody")]
    public async Task Others_keys_do_not(string name)
    {
        var browser = server.Browser();
        (await browser.LogIn(CertctlServer.KeyOf(name))).Is(HttpStatusCode.Unauthorized);
        (await browser.Get("/hangfire")).Is(HttpStatusCode.Found);
    }

    [Fact]
    public async Task A_login_without_the_antiforgery_token_is_refused()
    {
        var browser = server.Browser();
        await browser.Get("/login");
        var form = new FormUrlEncodedContent([new("api_key", CertctlServer.KeyOf("Operator"))]);
        (await browser.Post("/login", form)).Is(HttpStatusCode.BadRequest);
        (await browser.Get("/hangfire")).Is(HttpStatusCode.Found);
    }

    [Theory]
    [InlineData("renewal-scan")]
    [InlineData("retention")]
    public async Task Recurring_jobs_are_there_and_run(string id)
    {
        var job = server.Services.GetRequiredService<IRecurringJobManagerV2>().TriggerJob(id);
        await Eventually.Becomes(
            () => server.Database.Value<string>("SELECT statename FROM hangfire.job WHERE id = $1", long.Parse(job, null)),
            state => state == "Succeeded", $"{id} has run");
    }

    private static Task<Answer> TriggerAsync(HttpClient browser, string? token) => browser.Post(
        "/hangfire/recurring/trigger", new FormUrlEncodedContent([new("jobs[]", "retention")]), token is null ? [] : [("RequestVerificationToken", token)]);

    private static string? Token(Answer page) => CsrfToken().Match(page.Body) is { Success: true } match ? match.Groups["value"].Value : null;

    [GeneratedRegex("""<meta name="csrf-token" content="(?<value>[^"]+)">""")]
    private static partial Regex CsrfToken();
}
