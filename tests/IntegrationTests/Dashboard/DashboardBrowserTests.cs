using System.Drawing;
using Certctl.Api;
using Certctl.Core.Hosting;
using Certctl.IntegrationTests.Acme;
using OpenQA.Selenium;
using OpenQA.Selenium.Chrome;

namespace Certctl.IntegrationTests.Dashboard;

/// <summary>The dashboard as people see it, in Chromium, served by an Api process that runs no job itself: what it triggers, other
/// processes run.</summary>
[Collection(RateLimitFleet.Name)]
public sealed class DashboardBrowserTests(RateLimitFleet fleet) : IAsyncLifetime
{
    private const string Orders = "acme-gc-orders";
    private readonly int port = FreePort.Next();
    private Replica? api;
    private ChromeDriver? browser;

    private ChromeDriver Browser => browser!;

    public async ValueTask InitializeAsync()
    {
        api = await fleet.StartAsync(
            [new("CERTCTL_SERVER_PORT", $"{port}"), new("CERTCTL_PKI_PORT", $"{FreePort.Next()}")],
            builder =>
            {
                builder.ListenHttps(s => s.Port);
                builder.AddApi();
                builder.AddMessageBus(bus => bus.AddApiConsumers());
            },
            app => app.MapApi());
        // Debian's own browser and driver: no sandbox, which root may not have; its trust store does not know the root of this test.
        var options = new ChromeOptions { BinaryLocation = "/usr/bin/chromium", AcceptInsecureCertificates = true };
        options.AddArguments("--headless=new", "--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu", "--force-color-profile=srgb");
        options.SetLoggingPreference(LogType.Browser, LogLevel.All);
        var service = ChromeDriverService.CreateDefaultService("/usr/bin", "chromedriver");
        service.SuppressInitialDiagnosticInformation = true;
        browser = new ChromeDriver(service, options);
        browser.Manage().Window.Size = new Size(1280, 720);
    }

    public async ValueTask DisposeAsync()
    {
        browser?.Quit();
        browser?.Dispose();
        if (api is not null) await api.DisposeAsync();
    }

    [Fact]
    public async Task An_operator_sees_every_job_triggers_one_and_reads_why_it_failed()
    {
        await Open("/hangfire/recurring");
        Assert.Contains("/login", Browser.Url, StringComparison.Ordinal);
        await LogIn("Operator");
        await Open("/hangfire/recurring");
        foreach (var (id, description) in ((string, string)[])[
            ("acme-gc-nonces", "Forget used ACME nonces"), ("acme-gc-authorizations", "Expire pending ACME authorizations"),
            (Orders, "Invalidate ACME orders"), ("acme-retention", "Delete ACME orders"), ("renewal-scan", "Enqueue renewals"), ("retention", "Delete renewals")])
        {
            Assert.Contains(description, RowOf(id).Text, StringComparison.Ordinal);
            // The next run is in hours; after midnight, of what runs at midnight, in a day.
            Assert.Matches(@"\bin (a|an|\d+) (second|minute|hour|day)", RowOf(id).Text);
        }

        await Trigger(Orders);
        await LastExecutionBecomes(Orders, "success");
        await fleet.Database.Execute("ALTER TABLE acme_orders RENAME TO acme_orders_away");
        try
        {
            await Trigger(Orders);
            await LastExecutionBecomes(Orders, "danger");
        }
        finally
        {
            await fleet.Database.Execute("ALTER TABLE acme_orders_away RENAME TO acme_orders");
        }

        if (Environment.GetEnvironmentVariable("UPDATE_DOCS") == "1")
            Browser.GetScreenshot().SaveAsFile(Path.Combine(Repository.Root, "docs", "operator", "hangfire.png"));
        await Open("/hangfire/jobs/failed");
        var page = await Eventually.Becomes(() => Task.FromResult(Browser.PageSource), p => p.Contains("Invalidate ACME orders", StringComparison.Ordinal), "the failed job");
        Assert.Contains("acme_orders", page, StringComparison.Ordinal);
        Assert.Contains("PostgresException", page, StringComparison.Ordinal);
        await Open("/hangfire/recurring");
        await Trigger(Orders);
        await LastExecutionBecomes(Orders, "success");
    }

    [Fact]
    public async Task A_viewer_sees_the_jobs_and_no_button()
    {
        await Open("/login");
        await LogIn("Viewer");
        await Open("/hangfire/recurring");
        Assert.Contains("Invalidate ACME orders", RowOf(Orders).Text, StringComparison.Ordinal);
        Assert.Empty(Browser.FindElements(By.CssSelector("input.js-jobs-list-checkbox")));
        Assert.Empty(Browser.FindElements(By.CssSelector("button.js-jobs-list-command")));
    }

    [Fact]
    public async Task No_page_is_kept_from_anything_that_it_needs_by_its_security_policy()
    {
        await Open("/login");
        await LogIn("Viewer");
        foreach (var path in (string[])["/login", "/hangfire", "/hangfire/recurring", "/hangfire/servers", "/hangfire/jobs/failed", "/scalar/"])
        {
            await Open(path);
            await Eventually.Holds(() => Task.FromResult(Browser.FindElements(By.CssSelector("form, .navbar, .scalar-app")).Count > 0), $"{path} is drawn");
        }

        var complaints = Browser.Manage().Logs.GetLog(LogType.Browser).Where(e => e.Message.Contains("Content Security Policy", StringComparison.Ordinal));
        Assert.Empty(complaints.Select(e => e.Message));
    }

    private Task Open(string path) => Browser.Navigate().GoToUrlAsync(new Uri($"https://localhost:{port}{path}"));

    private async Task LogIn(string name)
    {
        Browser.FindElement(By.Id("api_key")).SendKeys(CertctlServer.KeyOf(name));
        Browser.FindElement(By.CssSelector("button[type=submit]")).Click();
        await Eventually.Becomes(() => Task.FromResult(Browser.Url), url => url.EndsWith("/hangfire", StringComparison.Ordinal), "the dashboard is open");
    }

    private async Task Trigger(string id)
    {
        RowOf(id).FindElement(By.CssSelector("input.js-jobs-list-checkbox")).Click();
        var button = Browser.FindElement(By.CssSelector("button[data-url$='/recurring/trigger']"));
        await Eventually.Holds(() => Task.FromResult(button.Enabled), "the button can be clicked");
        button.Click();
        // The page loads itself again once that is done, and no job is ticked.
        await Eventually.Holds(() => Task.FromResult(IsUnticked(id)), "the job is triggered");
    }

    private bool IsUnticked(string id)
    {
        try
        {
            return !RowOf(id).FindElement(By.CssSelector("input.js-jobs-list-checkbox")).Selected;
        }
        catch (WebDriverException)
        {
            return false; // Between two pages.
        }
    }

    /// <param name="state">The colour that the dashboard gives the state.</param>
    private Task<string> LastExecutionBecomes(string id, string state) => Eventually.Becomes(async () =>
    {
        await Open("/hangfire/recurring");
        return RowOf(id).GetAttribute("outerHTML")!;
    }, row => row.Contains($"label-state-{state}", StringComparison.Ordinal), $"{id} is shown as {state}");

    private IWebElement RowOf(string id) => Browser.FindElement(By.XPath($"//tr[td[normalize-space()='{id}']]"));
}
