using System.Net;
using System.Security.Cryptography;
using Certctl.IntegrationTests.BulkRenewals;
using Certctl.Rfc8555;

namespace Certctl.IntegrationTests.Acme;

/// <summary>What comes at the same instant.</summary>
[Collection(AcmeServer.Name)]
public sealed class ConcurrencyTests(AcmeServer server)
{
    private const int Callers = 50;

    [Fact]
    public async Task Fifty_registrations_with_one_key_are_one_account()
    {
        using var key = AcmeAccountKey.Es256();
        var answers = await Task.WhenAll(Enumerable.Range(0, Callers).Select(_ => server.Stranger("prof-burst", key).NewAccountAsync()));
        Assert.All(answers, a => Assert.True(a.Status is HttpStatusCode.Created or HttpStatusCode.OK, a.ToString()));
        Assert.Single(answers, a => a.Status == HttpStatusCode.Created);
        Assert.Single(answers.Select(a => a.Location).Distinct());
    }

    [Fact]
    public async Task Fifty_finalizes_of_one_order_are_one_certificate()
    {
        var client = await server.Account();
        var name = Flows.Fresh("finalize");
        var order = await client.Order(name);
        var csrs = Enumerable.Range(0, Callers).Select(_ => AcmeCsr.Create(ECDsa.Create(ECCurve.NamedCurves.nistP256), name)).ToList();
        var answers = await Task.WhenAll(csrs.Select(csr => client.FinalizeAsync(order.Member("finalize")!, csr)));
        Assert.Contains(answers, a => a.IsSuccess);
        Assert.All(answers, a => Assert.True(a.IsSuccess || a.ProblemType!.EndsWith("orderNotReady", StringComparison.Ordinal), a.ToString()));
        await Eventually.Becomes(() => client.GetOrderAsync(order.Location!), o => o.Member("status") == "valid", "the order is valid");
        var orderId = Flows.IdOf(order.Location!);
        Assert.Equal(1L, await server.Database.Value<long>("SELECT count(*) FROM renewals WHERE acme_order_id = $1", orderId));
        Assert.Equal(1L, await server.Database.Value<long>(
            "SELECT count(*) FROM certificate_versions v JOIN renewals r ON r.id = v.renewal_id WHERE r.acme_order_id = $1", orderId));
    }

    [Fact]
    public async Task Fifty_uses_of_one_nonce_are_one_success()
    {
        var client = await server.Account();
        var order = await client.Order(Flows.Fresh());
        var nonce = await client.NewNonceAsync();
        var answers = await Task.WhenAll(Enumerable.Range(0, Callers).Select(_ =>
            client.PostAsync(order.Location!, null, new AcmeRequest { Nonce = nonce, RetryBadNonce = false })));
        Assert.Single(answers, a => a.IsSuccess);
        Assert.Equal(Callers - 1, answers.Count(a => a.ProblemType == "urn:ietf:params:acme:error:badNonce"));
    }

    [Fact]
    public async Task Authorizations_that_become_valid_at_the_same_instant_make_their_order_ready()
    {
        var client = await server.Account("prof-burst-challenge");
        var orders = await Task.WhenAll(Enumerable.Range(0, 20).Select(i => client.Order($"a{i}.instant.example.net", $"b{i}.instant.example.net", $"c{i}.instant.example.net")));
        foreach (var order in orders)
        {
            var authorizations = await Task.WhenAll(order.Members("authorizations").Select(url => client.GetAuthorizationAsync(url)));
            var challenges = authorizations.Select(a => a.Json.GetProperty("challenges").EnumerateArray().Single(c => c.Text("type") == "http-01")).ToList();
            foreach (var challenge in challenges) server.Http.Present(challenge.Text("token"), client.Key.KeyAuthorization(challenge.Text("token")));
            await Task.WhenAll(challenges.Select(c => client.RespondChallengeAsync(c.Text("url"))));
        }

        foreach (var order in orders)
            await Eventually.Becomes(() => client.GetOrderAsync(order.Location!), o => o.Member("status") == "ready", "the order is ready", TimeSpan.FromSeconds(30));
    }

    [Fact]
    public async Task Orders_for_the_same_names_at_once_are_each_issued()
    {
        var client = await server.Account();
        var name = Flows.Fresh("same");
        var issued = await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => client.Issue(name)));
        Assert.Equal(10, issued.Select(i => i.Serial).Distinct().Count());
        Assert.Equal(1L, await server.Database.Value<long>("SELECT count(*) FROM managed_certificates WHERE common_name = $1", name));
    }
}
