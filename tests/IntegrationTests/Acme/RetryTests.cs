using System.Text.Json;
using Certctl.IntegrationTests.BulkRenewals;
using Certctl.Loopback.Dns;
using Certctl.Rfc8555;

namespace Certctl.IntegrationTests.Acme;

/// <summary>RFC 8555 8.2.</summary>
[Collection(AcmeServer.Name)]
public sealed class RetryTests(AcmeServer server)
{
    private const string Dns = "urn:ietf:params:acme:error:dns";

    [Fact]
    public async Task Every_failed_attempt_stands_in_the_error_and_Retry_After_leads_past_the_next()
    {
        var client = await server.Account("prof-burst-challenge");
        var order = await client.Order("*.retried.example.net");
        server.Dns.Reply("_acme-challenge.retried.example.net", DnsType.Txt, DnsReply.ServFail);
        var url = order.Members("authorizations")[0];
        var challenge = (await client.GetAuthorizationAsync(url)).Json.GetProperty("challenges")[0].Text("url");
        (await client.RespondChallengeAsync(challenge)).Ensured();

        // Attempts come after 0, 1, 3 and 7 seconds.
        var second = await Eventually.Becomes(() => client.PostAsync(challenge, null), c => c.Member("status") == "processing" && Attempts(c) == 2, "a second attempt has failed");
        Assert.InRange(second.RetryAfter!.Value.TotalSeconds, 2, 6);
        var ended = await Eventually.Becomes(() => client.PostAsync(challenge, null), c => c.Member("status") == "invalid", "the window closes");
        var error = ended.Json.GetProperty("error");
        Assert.Equal(Dns, error.Text("type"));
        var attempts = error.GetProperty("subproblems").EnumerateArray().ToList();
        Assert.InRange(attempts.Count, 3, 5);
        Assert.All(attempts, a => Assert.Equal((Dns, true), (a.Text("type"), a.Text("detail").Contains("SERVFAIL", StringComparison.Ordinal))));
        Assert.Equal("invalid", (await client.GetAuthorizationAsync(url)).Member("status"));
    }

    private static int Attempts(AcmeResponse challenge) =>
        challenge.Json.TryGetProperty("error", out var error) && error.TryGetProperty("subproblems", out var attempts) ? attempts.GetArrayLength() : 0;
}
