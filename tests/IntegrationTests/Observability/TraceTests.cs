using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using Certctl.Core.Domain.Access;
using Certctl.IntegrationTests.BulkRenewals;

namespace Certctl.IntegrationTests.Observability;

/// <summary>One trace runs from the request over the broker to the statement of a worker.</summary>
[Collection(SharedServer.Name)]
public sealed class TraceTests(SharedServer server)
{
    [Fact]
    public async Task A_trace_runs_through_http_rabbitmq_and_postgresql()
    {
        var ended = new ConcurrentBag<Activity>();
        using var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name is "Microsoft.AspNetCore" or "MassTransit" or "Npgsql",
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = ended.Add,
        };
        ActivitySource.AddActivityListener(listener);
        var trace = ActivityTraceId.CreateRandom();
        var client = server.Client(Role.Operator);
        client.DefaultRequestHeaders.Add("traceparent", $"00-{trace}-{ActivitySpanId.CreateRandom()}-01");

        var seed = new CertificateSeed("traced", 3);
        await seed.InsertAsync(server.Database);
        Assert.Equal(HttpStatusCode.Accepted, (await client.Post("certificates/bulk-renew", new { environment = seed.Environment })).Status);

        await Eventually.Holds(() => Task.FromResult(
            Seen("Microsoft.AspNetCore", _ => true)
            && Seen("MassTransit", a => a.Kind == ActivityKind.Consumer && a.OperationName.Contains("renew-certificates", StringComparison.Ordinal))
            && Seen("Npgsql", a => a.Parent is not null || a.ParentId is not null)),
            $"spans of request, consumer and statement in trace {trace}: {string.Join(", ", ended.Select(a => $"{a.Source.Name}/{a.OperationName}").Distinct())}");

        bool Seen(string source, Predicate<Activity> which) => ended.Any(a => a.TraceId == trace && a.Source.Name == source && which(a));
    }
}
