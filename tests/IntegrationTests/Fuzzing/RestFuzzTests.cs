using System.Diagnostics;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Certctl.Core.Domain.Access;
using Certctl.IntegrationTests.Agents;
using Certctl.IntegrationTests.BulkRenewals;
using Certctl.IntegrationTests.Certificates;

namespace Certctl.IntegrationTests.Fuzzing;

/// <summary>Every route of the OpenAPI document, with what its schema allows and what it does not. Each answer is right or the
/// client's fault, and comes in time.</summary>
public sealed class RestFuzzTests(FuzzServer server) : IClassFixture<FuzzServer>
{
    private const int Senders = 8;
    private const int Seed = 6;
    private const long MostBytesLeft = 100_000_000;
    private static readonly TimeSpan LongestRequest = TimeSpan.FromSeconds(15);

    [Fact]
    public async Task Bodies_of_every_write_are_taken_or_refused()
    {
        var (operations, fuzzer, clientOf) = await PrepareAsync();
        var writes = operations.Where(o => o.Method is "post" or "patch").ToList();
        Assert.True(writes.Count > 25, $"only {writes.Count} routes");
        var statuses = await RunAsync(writes, (operation, random) => Send(clientOf(operation), operation, PathOf(operation, fuzzer, random, query: random.Next(10) == 0), Content(operation, fuzzer, random)));
        Assert.True(statuses.GetValueOrDefault(400) > FuzzServer.Inputs / 4, string.Join(", ", statuses));
        Assert.True(statuses.Where(s => s.Key is >= 200 and < 300).Sum(s => s.Value) > FuzzServer.Inputs / 100, string.Join(", ", statuses));
    }

    [Fact]
    public async Task Queries_of_every_read_are_taken_or_refused()
    {
        var (operations, fuzzer, clientOf) = await PrepareAsync();
        // A stream of events ends with its bulk.
        var reads = operations.Where(o => o.Method == "get" && !o.Path.EndsWith("/events", StringComparison.Ordinal)).ToList();
        Assert.True(reads.Count > 30, $"only {reads.Count} routes");
        var statuses = await RunAsync(reads, (operation, random) => Send(clientOf(operation), operation, PathOf(operation, fuzzer, random, query: true), null));
        Assert.True(statuses.GetValueOrDefault(200) > FuzzServer.Inputs / 50 && statuses.GetValueOrDefault(400) > FuzzServer.Inputs / 10, string.Join(", ", statuses));
    }

    private async Task<(List<Operation> Operations, JsonFuzzer Fuzzer, Func<Operation, HttpClient> ClientOf)> PrepareAsync()
    {
        var document = await server.Anonymous().Read("/openapi/v1.json");
        var admin = server.Client(Role.Admin);
        admin.Timeout = LongestRequest;
        var (agentId, agent) = await server.RegisterAgent($"fuzz-{Guid.NewGuid():N}");
        agent.Timeout = LongestRequest;
        var certificate = await admin.Create($"fuzz-{Guid.NewGuid():N}"[..20], ("agent_id", agentId));
        string[] known = ["prof-test", "prof-challenge", "o-alice", "t-platform", "iss-local", "rp-standard", agentId, certificate];
        var fuzzer = new JsonFuzzer(document.GetProperty("components").GetProperty("schemas"), known);
        var operations =
            from path in document.GetProperty("paths").EnumerateObject()
            from operation in path.Value.EnumerateObject()
            select new Operation(operation.Name, path.Name, operation.Value);
        return ([.. operations], fuzzer, operation => operation.Path.Contains("/heartbeat", StringComparison.Ordinal) || operation.Path.Contains("/csr", StringComparison.Ordinal) ? agent : admin);
    }

    /// <summary>Input n of a route depends on the seed and n alone; which routes share a moment does not matter.</summary>
    private static async Task<Dictionary<int, int>> RunAsync(List<Operation> operations, Func<Operation, Random, Task<int>> send)
    {
        // Once for what every route keeps from its first requests.
        await Task.WhenAll(operations.Select((o, n) => send(o, new Random(-n - 1))));
        var before = GC.GetTotalMemory(forceFullCollection: true);
        var statuses = await Task.WhenAll(Enumerable.Range(0, Senders).Select(async sender =>
        {
            var mine = new List<int>();
            for (var n = sender; n < FuzzServer.Inputs; n += Senders) mine.Add(await send(operations[n % operations.Count], new Random(unchecked(Seed * 1_000_003 + n))));
            return mine;
        }));
        Assert.InRange(GC.GetTotalMemory(forceFullCollection: true) - before, long.MinValue, MostBytesLeft);
        return statuses.SelectMany(s => s).GroupBy(s => s).ToDictionary(g => g.Key, g => g.Count());
    }

    private static async Task<int> Send(HttpClient client, Operation operation, string path, HttpContent? content)
    {
        var body = content is null ? "" : Encoding.UTF8.GetString(await content.ReadAsByteArrayAsync());
        var clock = Stopwatch.StartNew();
        Answer answer;
        try
        {
            answer = await client.Ask(new HttpMethod(operation.Method.ToUpperInvariant()), path, content);
        }
        catch (OperationCanceledException)
        {
            Assert.Fail($"no answer within {clock.Elapsed}: {operation.Method} {path} {body}");
            return 0;
        }

        Assert.True((int)answer.Status < 500, $"{operation.Method} {path} {body}: {answer}");
        if (answer.Status == HttpStatusCode.BadRequest && answer.Bytes.Length > 0) answer.IsProblem(HttpStatusCode.BadRequest);
        return (int)answer.Status;
    }

    private static ByteArrayContent? Content(Operation operation, JsonFuzzer fuzzer, Random random)
    {
        if (!operation.Description.TryGetProperty("requestBody", out var body)) return null;
        var schema = body.GetProperty("content").EnumerateObject().First().Value.GetProperty("schema");
        return new ByteArrayContent(fuzzer.Body(schema, random)) { Headers = { ContentType = new MediaTypeHeaderValue("application/json") } };
    }

    private static string PathOf(Operation operation, JsonFuzzer fuzzer, Random random, bool query)
    {
        var path = string.Join('/', operation.Path.Split('/').Select(part => part.StartsWith('{') ? Escaped(fuzzer.Text(part.Trim('{', '}'), random), 300) : part));
        if (!query || !operation.Description.TryGetProperty("parameters", out var parameters)) return path;
        var given =
            from parameter in parameters.EnumerateArray()
            where parameter.GetProperty("in").GetString() == "query" && random.Next(3) != 0
            let name = random.Next(50) == 0 ? "nonsense" : parameter.GetProperty("name").GetString()!
            from value in Enumerable.Range(0, random.Next(20) == 0 ? 2 : 1)
            select $"{name}={Escaped(Value(name, fuzzer, random), 800)}";
        return $"{path}?{string.Join('&', given)}";
    }

    private static string Value(string name, JsonFuzzer fuzzer, Random random) => (name, random.Next(3)) switch
    {
        ("limit", 0) => $"{random.Next(-5, 600)}",
        ("sort", 0) => ((string[])["created_at", "-created_at", "name", "-expires_at", "id", "-"])[random.Next(6)],
        ("cursor", 0) => Convert.ToBase64String(Encoding.UTF8.GetBytes($"{{\"s\":\"{random.Next()}\",\"i\":null}}")),
        _ => fuzzer.Text(name, random),
    };

    private static string Escaped(string text, int longest) => Uri.EscapeDataString(text[..Math.Min(text.Length, longest)]);

    private sealed record Operation(string Method, string Path, JsonElement Description);
}
