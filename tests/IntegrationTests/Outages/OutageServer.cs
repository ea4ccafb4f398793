using System.Diagnostics;
using System.Net;
using System.Text.Json;

namespace Certctl.IntegrationTests.Outages;

/// <summary>A server that loses PostgreSQL or RabbitMQ for a while.</summary>
public sealed class OutageServer : CertctlServer
{
    public const string Name = "outages";

    /// <summary>Waits until the server says of itself that it is so.</summary>
    public Task<Answer> ReadinessBecomes(string status) => Eventually.Becomes(
        () => Anonymous().Get("/health/ready"), a => a.Json.GetProperty("status").GetString() == status, $"the server is {status}", TimeSpan.FromSeconds(60));

    /// <summary>The answer to a request that must come within five seconds, whatever is away.</summary>
    internal static async Task<Answer> InTime(Func<Task<Answer>> ask)
    {
        var waited = Stopwatch.StartNew();
        var answer = await ask();
        Assert.True(waited.Elapsed < TimeSpan.FromSeconds(5), $"answered only after {waited.Elapsed}: {answer}");
        return answer;
    }

    internal static void IsUnavailable(Answer answer)
    {
        var problem = answer.IsProblem(HttpStatusCode.ServiceUnavailable);
        Assert.Equal(JsonValueKind.String, problem.GetProperty("detail").ValueKind);
        Assert.True(answer.Headers.RetryAfter?.Delta > TimeSpan.Zero, $"no Retry-After: {answer}");
    }
}

[CollectionDefinition(OutageServer.Name)]
public sealed class OutageTests : ICollectionFixture<OutageServer>;
