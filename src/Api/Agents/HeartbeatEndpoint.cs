using System.Buffers;
using System.Reflection;
using Certctl.Api.Access;
using Certctl.Api.Problems;
using Certctl.Api.Writes;
using Certctl.Contracts;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.RateLimiting;

namespace Certctl.Api.Agents;

/// <summary>What becomes of a heartbeat that is in order; never throws.</summary>
internal delegate Task<HeartbeatOutcome> AcceptHeartbeat(Heartbeat heartbeat);

/// <summary><c>POST /agents/{id}/heartbeat</c>: no SQL and no model binding.</summary>
internal sealed class HeartbeatEndpoint(AgentDirectory directory, HeartbeatSettings settings, TimeProvider time, AcceptHeartbeat accept)
{
    private static readonly TimeSpan LookPatience = TimeSpan.FromSeconds(2);

    private readonly Gcra limit = Gcra.PerSecond(settings.RatePerAgent, (int)Math.Max(1, 2 * settings.RatePerAgent));

    public async Task InvokeAsync(HttpContext context)
    {
        if (await RefuseOrAcceptAsync(context) is not { } refusal) return;
        HeartbeatMetrics.Rejected(ReasonOf(refusal.Status));
        await refusal.ExecuteAsync(context);
    }

    private async ValueTask<ProblemResult?> RefuseOrAcceptAsync(HttpContext context)
    {
        var id = (string)context.Request.RouteValues["id"]!;
        var now = time.GetUtcNow();
        AgentEntry? agent;
        try
        {
            agent = await FindAsync(id, context.RequestAborted);
        }
        catch (TimeoutException)
        {
            return Problem.Unavailable("This server does not know the agent yet, and could not look it up in time.");
        }

        if (agent is null) return Problem.NotFound("agent", id);
        if (!context.Caller().SpeaksFor(id)) return Problem.Forbidden("This token does not speak for the agent.");
        if (agent.Row.Retired) return RetiredAgents.Refusal(id);
        if (!agent.MayBeat(limit, now, out var retryAfter)) return Problem.TooManyRequests(retryAfter);

        AgentMetadata? changes = null;
        if (context.Features.Get<IHttpRequestBodyDetectionFeature>() is { CanHaveBody: true })
        {
            var (refusal, said) = await ReadBodyAsync(context, agent.Row.Metadata);
            if (refusal is not null) return refusal;
            changes = said is not null && agent.HasAnnounced(said, now) ? null : said;
        }

        var next = HeartbeatInterval.Next(settings.Interval, directory.Active, settings.TargetRate, Random.Shared.NextDouble());
        switch (await accept(new Heartbeat(id, now, next, changes)))
        {
            case HeartbeatOutcome.Accepted:
                if (changes is not null) agent.Announce(changes, now);
                HeartbeatMetrics.Accepted.Add(1);
                await HeartbeatAnswer.WriteAsync(context.Response, next);
                return null;
            case HeartbeatOutcome.Overloaded:
                return Problem.Unavailable("Too many heartbeats wait for RabbitMQ already.");
            default:
                return Problem.Unavailable("RabbitMQ did not confirm the heartbeat in time.");
        }
    }

    private async ValueTask<AgentEntry?> FindAsync(string id, CancellationToken aborted)
    {
        var finding = directory.FindAsync(id, aborted);
        return finding.IsCompletedSuccessfully ? finding.Result : await finding.AsTask().WaitAsync(LookPatience, time, aborted);
    }

    private static async ValueTask<(ProblemResult? Refusal, AgentMetadata? Changes)> ReadBodyAsync(HttpContext context, AgentMetadata known)
    {
        if (context.Request.ContentLength > HeartbeatBody.MaxLength) return (Problem.BodyTooLarge(HeartbeatBody.MaxLength), null);
        var body = context.Request.BodyReader;
        while (true)
        {
            var read = await body.ReadAsync(context.RequestAborted);
            if (read.Buffer.Length > HeartbeatBody.MaxLength) return (Problem.BodyTooLarge(HeartbeatBody.MaxLength), null);
            if (!read.IsCompleted)
            {
                body.AdvanceTo(read.Buffer.Start, read.Buffer.End);
                continue;
            }

            var valid = HeartbeatBody.TryRead(read.Buffer, known, out var changes, out var field, out var error);
            body.AdvanceTo(read.Buffer.End);
            return valid ? (null, changes) : (Problem.Validation(field, error), null);
        }
    }

    private static string ReasonOf(int status) => status switch
    {
        400 or 413 => "invalid",
        403 => "forbidden",
        404 => "unknown",
        410 => "retired",
        429 => "rate_limited",
        _ => "unavailable",
    };
}

internal static class HeartbeatRoute
{
    /// <summary>Beside the group of the other routes and not in it: their filters have nothing to do here.</summary>
    public static void MapHeartbeat(this WebApplication app) =>
        app.MapHeartbeat("/api/v1/agents/{id}/heartbeat", "Heartbeat", app.Services.GetRequiredService<HeartbeatCoalescer>().AcceptAsync);

    /// <summary>The bench maps its baseline beside the real one by this.</summary>
    internal static void MapHeartbeat(this WebApplication app, string pattern, string name, AcceptHeartbeat accept)
    {
        var endpoint = ActivatorUtilities.CreateInstance<HeartbeatEndpoint>(app.Services, accept);
        app.MapPost(pattern, endpoint.InvokeAsync)
            .RequireAuthorization(Policies.Agent)
            .WithMetadata(new DisableRateLimitingAttribute())
            .WithoutIdempotency()
            .WithName(name).WithTags("Agents").WithSummary("Say that an agent is alive; the answer says when to do so again")
            .WithMetadata(Described)
            .Add(route => RequestDelegateFactory.InferMetadata(
                Described, new RequestDelegateFactoryOptions { EndpointBuilder = route, RouteParameterNames = ["id"] }));
    }

    /// <summary>A handler that binds nothing tells OpenAPI nothing; this is how it would look if it did.</summary>
    private static readonly MethodInfo Described = typeof(Shape).GetMethod(nameof(Shape.Invoke))!;

    private delegate Results<Accepted<HeartbeatAccepted>, ProblemResult> Shape(string id, AgentMetadata? body);
}
