using System.Net;
using Certctl.Core.Domain.Access;
using Certctl.IntegrationTests.BulkRenewals;
using Certctl.IntegrationTests.Certificates;
using Certctl.IntegrationTests.Dashboard;

namespace Certctl.IntegrationTests.Transport;

[Collection(SharedServer.Name)]
public sealed class SecurityHeaderTests(SharedServer server)
{
    [Theory]
    [InlineData("/api/v1/version")]
    [InlineData("/api/v1/nothing-here")]
    [InlineData("/login")]
    [InlineData("/hangfire")]
    [InlineData("/scalar/")]
    [InlineData("/openapi/v1.json")]
    [InlineData("/health/live")]
    [InlineData("/metrics")]
    [InlineData("/.well-known/pki/ca/iss-local.crt")]
    [InlineData("/acme/profile/prof-test/directory")]
    [InlineData("/nothing-here")]
    public async Task No_answer_is_sniffed_framed_or_referred_to(string path)
    {
        var browser = server.Browser();
        if (path == "/hangfire") await browser.LogIn(CertctlServer.KeyOf("Viewer"));
        var answer = await browser.Get(path);
        Assert.Equal("nosniff", Single(answer, "X-Content-Type-Options"));
        Assert.Equal("DENY", Single(answer, "X-Frame-Options"));
        Assert.Equal("no-referrer", Single(answer, "Referrer-Policy"));
        var policy = Single(answer, "Content-Security-Policy");
        Assert.Contains("frame-ancestors 'none'", policy, StringComparison.Ordinal);
        Assert.Contains(path is "/hangfire" or "/scalar/" ? "default-src 'self'" : "default-src 'none'", policy, StringComparison.Ordinal);
        if (path is not "/scalar/") Assert.DoesNotContain("script-src", policy, StringComparison.Ordinal);
        Assert.False(answer.Headers.Contains("Server"), "the server names itself");
    }

    [Theory]
    [InlineData("certctl.example.test", true)]
    [InlineData("localhost", false)]
    public async Task Browsers_are_told_to_come_by_https_only_save_to_localhost(string host, bool told)
    {
        await using var connection = await RawConnection.OpenAsync(server);
        await connection.SendAsync($"GET /login HTTP/1.1\r\nHost: {host}\r\n\r\n");
        var head = System.Text.Encoding.ASCII.GetString(await connection.ReadAsync(TimeSpan.FromSeconds(10)));
        Assert.StartsWith("HTTP/1.1 200", head, StringComparison.Ordinal);
        Assert.Equal(told, head.Contains("Strict-Transport-Security: max-age=31536000\r\n", StringComparison.Ordinal));
    }

    [Fact]
    public async Task What_carries_a_secret_is_stored_by_no_cache()
    {
        var admin = server.Client(Role.Admin);
        var (id, version) = await admin.CreateAndIssue("no-store");
        var browser = server.Browser();
        var answers = new List<Answer>
        {
            (await admin.Post("api-keys", new { name = "no-store", role = "viewer" })).Is(HttpStatusCode.Created),
            (await admin.Post("agents", new { name = "no-store" })).Is(HttpStatusCode.Created),
            (await admin.Post("acme/eab-keys", new { profile_id = "prof-eab", name = "no-store" })).Is(HttpStatusCode.Created),
            (await admin.Post($"certificates/{id}/versions/{version.Text("id")}/private-key")).Is(HttpStatusCode.OK),
            await browser.Get("/login"),
            await browser.LogIn(CertctlServer.KeyOf("Viewer")),
            await browser.Get("/hangfire/recurring"),
        };
        Assert.All(answers, answer => Assert.True(answer.Headers.CacheControl is { NoStore: true }, $"{answer.Headers.CacheControl}: {answer}"));
    }

    private static string Single(Answer answer, string name) => Assert.Single(answer.Headers.GetValues(name));
}
