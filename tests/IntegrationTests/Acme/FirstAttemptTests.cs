using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Certctl.Loopback.Http;
using Certctl.Rfc8555;

namespace Certctl.IntegrationTests.Acme;

/// <summary>A server that makes two http-01 validations at once.</summary>
public sealed class TwoSlotsServer : AcmeServer
{
    protected override IEnumerable<KeyValuePair<string, string?>> Settings => [.. base.Settings, new("CERTCTL_ACME_SERVER_HTTP01_CONCURRENCY", "2")];
}

public sealed class FirstAttemptTests(TwoSlotsServer server) : IClassFixture<TwoSlotsServer>
{
    private const string Path = "/.well-known/acme-challenge/";

    [Fact]
    public async Task Slots_bound_the_attempts_of_a_type_and_a_message_brings_what_found_none()
    {
        var client = await server.Account("prof-burst-challenge");
        var asked = new ConcurrentDictionary<string, bool>();
        server.Http.Received = head => asked.TryAdd(head.Split(' ', 3)[1], true);
        var order = await client.Order("one.slow.example.net", "two.slow.example.net", "three.slow.example.net");
        var tokens = new List<string>();
        foreach (var url in order.Members("authorizations"))
        {
            var challenge = (await client.GetAuthorizationAsync(url)).Json.GetProperty("challenges").EnumerateArray().Single(c => Text(c, "type") == "http-01");
            tokens.Add(Text(challenge, "token"));
            server.Http.Answer(Path + tokens[^1], LoopbackAnswer.Silence);
            (await client.RespondChallengeAsync(Text(challenge, "url"))).Ensured();
        }

        await Eventually.Holds(() => Task.FromResult(asked.Count == 2), "two are under way");
        // Another type is not held up, and meanwhile the third found no slot.
        await client.Prove(await client.Order("*.quick.example.net"), (_, challenge) => server.Dns.Txt("_acme-challenge.quick.example.net",
            System.Buffers.Text.Base64Url.EncodeToString(SHA256.HashData(Encoding.ASCII.GetBytes(client.Key.KeyAuthorization(Text(challenge, "token")))))), "dns-01");
        Assert.Equal(tokens.Take(2).Select(t => Path + t).Order(), asked.Keys.Order());

        // The first two run into their time limit of 10 s.
        server.Http.Present(tokens[2], client.Key.KeyAuthorization(tokens[2]));
        Assert.Equal("valid", (await client.Settled(order.Members("authorizations")[2])).Member("status"));
    }

    private static string Text(JsonElement element, string name) => element.GetProperty(name).GetString()!;
}
