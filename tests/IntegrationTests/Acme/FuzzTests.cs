using System.Net;
using System.Text;
using Certctl.IntegrationTests.Fuzzing;
using Certctl.Rfc8555;

namespace Certctl.IntegrationTests.Acme;

/// <summary>What no client would send, ten thousand times.</summary>
[Collection(AcmeServer.Name)]
public sealed class FuzzTests(AcmeServer server)
{
    private static readonly int Requests = Math.Max(FuzzServer.Inputs, 10_000);
    private const int Senders = 8;
    private const int Seed = 8555;

    [Fact]
    public async Task Mangled_requests_are_refused_without_a_server_error_and_leave_no_memory_behind()
    {
        var client = await server.Account();
        var directory = await client.GetDirectoryAsync();
        string[] targets = [directory.NewOrder, directory.NewAccount, directory.KeyChange, directory.RevokeCert, directory.NewAuthz!, client.AccountUrl!];
        await SendAsync(client, targets, Requests / 10, Seed - 1);
        var before = GC.GetTotalMemory(forceFullCollection: true);
        var statuses = await SendAsync(client, targets, Requests, Seed);
        Assert.True(statuses.Keys.All(s => (int)s < 500), string.Join(", ", statuses));
        Assert.True(statuses.GetValueOrDefault(HttpStatusCode.BadRequest) > Requests / 2, string.Join(", ", statuses));
        Assert.InRange(GC.GetTotalMemory(forceFullCollection: true) - before, long.MinValue, 20_000_000);
        (await client.PostAsync(client.AccountUrl!, null)).Ensured();
    }

    private static async Task<Dictionary<HttpStatusCode, int>> SendAsync(AcmeClient client, string[] targets, int count, int seed)
    {
        var senders = Enumerable.Range(0, Senders).Select(async sender =>
        {
            var random = new Random(seed * Senders + sender);
            var statuses = new List<HttpStatusCode>();
            for (var i = 0; i < count / Senders; i++)
            {
                var departing = new AcmeRequest { Body = body => Mangled(body, random), RetryBadNonce = false };
                statuses.Add((await client.PostAsync(targets[random.Next(targets.Length)], Payload(random), departing)).Status);
            }

            return statuses;
        });
        return (await Task.WhenAll(senders)).SelectMany(s => s).GroupBy(s => s).ToDictionary(g => g.Key, g => g.Count());
    }

    private static string Payload(Random random) => random.Next(6) switch
    {
        0 => "{}",
        1 => """{"identifiers":[{"type":"dns","value":"fuzz.example.test"}]}""",
        2 => """{"contact":[null,1,"mailto:x"],"externalAccountBinding":{"protected":"e30","payload":"e30","signature":"AA"}}""",
        3 => """{"certificate":"MAMCAQE","reason":-2147483648}""",
        4 => $$"""{"identifiers":{{new string('[', random.Next(1, 2000))}}""",
        _ => $$"""{"status":"\ud800","notBefore":"{{random.Next()}}","csr":{{random.NextDouble()}}}""",
    };

    private static byte[] Mangled(byte[] body, Random random)
    {
        switch (random.Next(6))
        {
            case 0:
                for (var flips = random.Next(1, 8); flips > 0; flips--) body[random.Next(body.Length)] ^= (byte)(1 << random.Next(8));
                return body;
            case 1:
                return body[..random.Next(body.Length)];
            case 2:
                return [.. body, .. body];
            case 3:
                return Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(body).Replace("\"payload\"", "\"protected\"", StringComparison.Ordinal));
            case 4:
                random.NextBytes(body);
                return body;
            default:
                // The JWS is right: what is mangled is its payload.
                return body;
        }
    }
}
