using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using Certctl.Rfc8555;

namespace Certctl.IntegrationTests.Acme;

/// <summary>A server that CAA records speak of, whose look-ups count for no time at all, and whose authorizations are short-lived.</summary>
public sealed class CaaServer : AcmeServer
{
    protected override IEnumerable<KeyValuePair<string, string?>> Settings =>
    [
        .. base.Settings,
        new("CERTCTL_ACME_SERVER_CAA_IDENTITIES", "ca.example.test"),
        new("CERTCTL_ACME_SERVER_CAA_MAX_AGE", "0s"),
        new("CERTCTL_ACME_SERVER_AUTHZ_TTL", "2h"),
    ];
}

public sealed class CaaTests(CaaServer server) : IClassFixture<CaaServer>
{
    [Fact]
    public async Task CAA_is_looked_at_again_when_an_order_is_finalized()
    {
        var client = await server.Account("prof-burst-challenge");
        var order = await client.Order("forbidden.example.net", "www.forbidden.example.net");
        await client.Prove(order, (_, challenge) => server.Http.Present(challenge.GetProperty("token").GetString()!, client.Key.KeyAuthorization(challenge.GetProperty("token").GetString()!)));
        Assert.Equal("ready", (await client.GetOrderAsync(order.Location!)).Member("status"));
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var csr = AcmeCsr.Create(key, "forbidden.example.net", "www.forbidden.example.net");

        server.Dns.Caa("www.forbidden.example.net", (0, "issue", "another.example.test"));
        var refused = (await client.FinalizeAsync(order.Member("finalize")!, csr)).Refused(HttpStatusCode.Forbidden, "caa");
        Assert.Equal("www.forbidden.example.net", Assert.Single(refused.Json.GetProperty("subproblems").EnumerateArray()).GetProperty("identifier").GetProperty("value").GetString());
        Assert.Equal("ready", (await client.GetOrderAsync(order.Location!)).Member("status"));

        server.Dns.Caa("www.forbidden.example.net", (0, "issue", "ca.example.test"));
        (await client.FinalizeAsync(order.Member("finalize")!, csr)).Ensured();
    }

    [Theory]
    [InlineData("prof-burst", "outlive.example.test")]
    [InlineData("prof-burst-challenge", "outlive.example.net")]
    public async Task An_order_does_not_outlive_the_authorizations_that_it_was_made_with(string profile, string name)
    {
        var order = await (await server.Account(profile)).Order(name);
        var expires = DateTimeOffset.Parse(order.Member("expires")!, CultureInfo.InvariantCulture);
        Assert.InRange(expires - TimeProvider.System.GetUtcNow(), TimeSpan.FromHours(1), TimeSpan.FromHours(2));
    }
}
