using System.Net;
using Certctl.AcmeService.Protocol;
using Certctl.AcmeService.Validation;
using Certctl.Rfc8555;
using Microsoft.Extensions.DependencyInjection;

namespace Certctl.IntegrationTests.Acme;

/// <summary>Limits that are off unless set: for a server that strangers reach.</summary>
[Collection(RateLimitFleet.Name)]
public sealed class RateLimitPublicServerTests(RateLimitFleet fleet)
{
    [Fact]
    public async Task An_address_opens_so_many_accounts_an_hour_and_finds_those_it_has()
    {
        await fleet.Database.Execute("DELETE FROM acme_rate_limits WHERE key LIKE 'new-account:%'");
        var (replica, port) = await fleet.StartAnotherAsync(("CERTCTL_ACME_SERVER_RATE_LIMIT_NEW_ACCOUNTS_PER_ADDRESS_PER_HOUR", "2"));
        await using var _ = replica;
        var clients = Enumerable.Range(0, 3).Select(_ => new AcmeClient(fleet.Http(port), fleet.Directory("prof-test"), AcmeAccountKey.Es256())).ToList();
        foreach (var client in clients.Take(2)) Assert.Equal(HttpStatusCode.Created, (await client.NewAccountAsync()).Status);
        RateLimitTests.IsLimited(await clients[2].NewAccountAsync(), 1790, 1800);
        Assert.Equal(HttpStatusCode.OK, (await clients[0].NewAccountAsync()).Status);
    }

    [Fact]
    public async Task A_name_that_failed_too_often_gets_no_order_and_another_does()
    {
        var (replica, port) = await fleet.StartAnotherAsync(("CERTCTL_ACME_SERVER_RATE_LIMIT_FAILED_VALIDATIONS_PER_HOUR", "2"));
        await using var _ = replica;
        var client = new AcmeClient(fleet.Http(port), fleet.Directory("prof-challenge"), AcmeAccountKey.Es256());
        (await client.NewAccountAsync()).Ensured();
        for (var i = 0; i < 2; i++) await FailAsync(client, (await client.NewOrderAsync(["failing.example.org"])).Ensured(), replica);
        RateLimitTests.IsLimited(await client.NewOrderAsync(["other.example.org", "failing.example.org"]), 1790, 1800);
        RateLimitTests.IsLimited(await client.NewOrderAsync(["*.failing.example.org"]), 1790, 1800);
        (await client.NewOrderAsync(["other.example.org"])).Ensured();
        // Another replica, and one that has started since, know it as well; those without the setting do not ask.
        (await fleet.At(0, client, "prof-challenge").NewOrderAsync(["failing.example.org"])).Ensured();
    }

    [Fact]
    public async Task An_address_without_an_account_is_let_in_so_often_a_minute_and_an_account_always()
    {
        var (replica, port) = await fleet.StartAnotherAsync(("CERTCTL_ACME_SERVER_RATE_LIMIT_PER_ADDRESS_PER_MINUTE", "4"));
        await using var _ = replica;
        var stranger = new AcmeClient(fleet.Http(port), fleet.Directory("prof-burst"), AcmeAccountKey.Es256());
        var account = fleet.At(0, await fleet.Account("prof-burst"), "prof-burst");
        var known = new AcmeClient(fleet.Http(port), fleet.Directory("prof-burst"), account.Key) { AccountUrl = account.AccountUrl };
        (await known.NewOrderAsync(["a.example.test"])).Ensured(); // The directory is one of 4, and brings a nonce; one comes back in 15 s.
        var forged = new AcmeRequest { Nonce = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA" };
        for (var i = 0; i < 2; i++) Assert.EndsWith("badNonce", (await known.NewOrderAsync(["a.example.test"], departing: forged)).ProblemType);
        (await stranger.GetAsync(fleet.Directory("prof-burst"))).Ensured();
        foreach (var path in (string[])["directory", "new-nonce", "renewal-info/AAAA.AAAA"])
            RateLimitTests.IsLimited(await stranger.GetAsync($"{fleet.PublicUrl}/acme/profile/prof-burst/{path}"), 1, 15);
        RateLimitTests.IsLimited(await known.NewOrderAsync(["a.example.test"], departing: forged), 1, 15);
        for (var i = 0; i < 5; i++) (await known.NewOrderAsync(["a.example.test"])).Ensured();
    }

    /// <summary>As validation does once the answer was wrong.</summary>
    private async Task FailAsync(AcmeClient client, AcmeResponse order, Replica replica)
    {
        var authorization = (await client.GetAuthorizationAsync(order.Members("authorizations")[0])).Ensured();
        var challenge = Flows.IdOf(authorization.Json.GetProperty("challenges")[0].GetProperty("url").GetString()!);
        await fleet.Database.Execute("UPDATE acme_challenges SET status = 'processing' WHERE challenge_id = $1", challenge);
        var attempt = new Attempt(challenge, 1, Flows.IdOf(order.Members("authorizations")[0]), Flows.IdOf(order.Location!),
            Flows.IdOf(client.AccountUrl!), new Identifier(Identifier.Dns, "failing.example.org"));
        // Twice, as a redelivered message would: it counts once.
        for (var i = 0; i < 2; i++)
            await replica.Services.GetRequiredService<ValidationOutcome>().WriteAsync(attempt, AcmeService.Protocol.Problems.IncorrectResponse("no"), default);
    }
}
