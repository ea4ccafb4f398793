using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Security;
using Certctl.IntegrationTests.Acme;
using Certctl.Rfc8555;

namespace Certctl.IntegrationTests.Backpressure;

/// <summary>Ten times the concurrency of the storm that the benchmarks measure, at a process with a small heap.</summary>
[Collection(Name)]
public sealed class BackpressureTests
{
    public const string Name = "backpressure";

    /// <summary>Ten times 256 connections, and ten times 16 ACME clients.</summary>
    private const int Agents = 2_560, Orders = 160, Accounts = 16;

    private const long Megabyte = 1024 * 1024;
    private const long Heap = 200 * Megabyte;

    /// <summary>Of all memory of the process: heap, code, threads, and what TLS keeps for each connection.</summary>
    private const long MostMemory = 700 * Megabyte;

    private const string Token = "agents-of-the-backpressure-test";

    [Fact]
    public async Task Under_ten_times_the_storm_a_small_process_stays_up_and_answers_or_refuses()
    {
        await using var product = await ProductProcess.CreateAsync();
        product.More["DOTNET_GCHeapHardLimit"] = Heap.ToString("X", CultureInfo.InvariantCulture);
        product.More["CERTCTL_API_KEYS_NAMED"] = $"storm:{Token}:agent:ag-storm-";
        await product.StartAsync();
        await InsertAgentsAsync(product.Database);
        var accounts = await Task.WhenAll(Enumerable.Range(0, Accounts).Select(_ => product.AccountAsync("prof-burst")));
        using var agents = Client(product);

        var storm = new Storm(TimeSpan.FromSeconds(8));
        await Task.WhenAll(
            storm.RunAsync(Agents, "heartbeat", async n =>
            {
                using var answer = await agents.PostAsync(new Uri($"api/v1/agents/ag-storm-{n}/heartbeat", UriKind.Relative), null, TestContext.Current.CancellationToken);
                storm.Take("heartbeat", answer.StatusCode);
            }),
            storm.RunAsync(Orders, "newOrder", async n => storm.Take("newOrder", (await OrderAsync(accounts[n % Accounts], n)).Status)));

        Assert.False(product.HasEnded);
        string[] allowed = ["heartbeat 202", "heartbeat 429", "heartbeat 503", "newOrder 201", "newOrder 429", "newOrder 503"];
        var seen = string.Join(", ", storm.Answers.Select(a => $"{a.Key}: {a.Value}"));
        Assert.True(storm.Answers.Keys.All(allowed.Contains), seen);
        Assert.True(storm.Answers.GetValueOrDefault("heartbeat 202") > Agents && storm.Answers.GetValueOrDefault("newOrder 201") > Orders, seen);
        Assert.InRange(PeakMemory(product.Id), 1, MostMemory);

        // And the moment it is over, it serves as before.
        using var after = await agents.PostAsync(new Uri("api/v1/agents/ag-storm-0/heartbeat", UriKind.Relative), null, TestContext.Current.CancellationToken);
        Assert.Contains(after.StatusCode, new[] { HttpStatusCode.Accepted, HttpStatusCode.TooManyRequests });
        Assert.Equal(HttpStatusCode.Created, (await OrderAsync(accounts[0], 0)).Status);
    }

    private static async Task<AcmeResponse> OrderAsync(AcmeClient client, int n)
    {
        try
        {
            return await client.NewOrderAsync([$"storm-{n}.example.test"]);
        }
        catch (AcmeException refused)
        {
            // newNonce was refused.
            return refused.Response;
        }
    }

    /// <summary>HTTP/2, a hundred streams a connection: what counts is how many requests are there at once.</summary>
    private static HttpClient Client(ProductProcess product) => new(new SocketsHttpHandler
    {
        EnableMultipleHttp2Connections = true,
        UseProxy = false,
        SslOptions = new SslClientAuthenticationOptions { CertificateChainPolicy = AcmeHttp.Trusting(product.CaFile) },
    })
    {
        BaseAddress = product.Base,
        Timeout = TimeSpan.FromSeconds(60),
        DefaultRequestVersion = HttpVersion.Version20,
        DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact,
        DefaultRequestHeaders = { Authorization = new AuthenticationHeaderValue("Bearer", Token) },
    };

    private static Task<int> InsertAgentsAsync(TestDatabase database) => database.Execute($"""
        WITH fleet AS (
            INSERT INTO agents (id, name, registered_at, updated_at)
            SELECT 'ag-storm-' || n, 'storm-' || n, now(), now() FROM generate_series(0, {Agents - 1}) AS n RETURNING id
        )
        INSERT INTO agent_liveness (agent_id, heartbeat_interval_seconds, online) SELECT id, 30, false FROM fleet
        """);

    /// <summary>The most that it ever had in memory, in bytes.</summary>
    private static long PeakMemory(int process)
    {
        var line = File.ReadLines($"/proc/{process}/status").Single(l => l.StartsWith("VmHWM:", StringComparison.Ordinal));
        return 1024 * long.Parse(line.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture);
    }
}

/// <summary>By itself: what it asks for is all that the machine has.</summary>
[CollectionDefinition(BackpressureTests.Name, DisableParallelization = true)]
public sealed class BackpressureAlone;
