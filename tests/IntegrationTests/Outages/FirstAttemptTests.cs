using Certctl.IntegrationTests.Acme;
using Certctl.Rfc8555;

namespace Certctl.IntegrationTests.Outages;

[Collection(AcmeServer.Name)]
public sealed class FirstAttemptTests(AcmeServer server)
{
    [Fact]
    public async Task Ownership_is_proven_in_one_attempt_while_the_broker_is_away()
    {
        var client = await server.Account("prof-burst-challenge");
        var order = await client.Order("unbrokered.example.net");
        await TestServices.StopAsync("rabbitmq");
        try
        {
            await client.Prove(order, (_, challenge) => server.Http.Present(
                challenge.GetProperty("token").GetString()!, client.Key.KeyAuthorization(challenge.GetProperty("token").GetString()!)));
        }
        finally
        {
            await TestServices.StartAsync("rabbitmq");
        }

        Assert.Equal("ready", (await client.GetOrderAsync(order.Location!)).Member("status"));
        Assert.Equal(1, await server.Database.Value<int>("""
            SELECT max(c.attempts) FROM acme_challenges c JOIN acme_authorizations a USING (authz_id) WHERE a.identifier_value = 'unbrokered.example.net'
            """));
        await Eventually.Becomes(
            () => server.Anonymous().Get("/health/ready"), a => a.Json.GetProperty("status").GetString() == "ready", "the broker is back", TimeSpan.FromSeconds(60));
    }
}
