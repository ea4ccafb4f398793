using Certctl.Api.Access;
using Certctl.Api.Problems;

namespace Certctl.Api.Agents;

/// <summary>The token of a retired agent is known still, so that it hears 410 and not 401, and is good for nothing else.</summary>
internal sealed class RetiredAgents(AgentDirectory directory) : IEndpointFilter
{
    public async ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next) =>
        context.HttpContext.Caller().AgentId is { } id
        && await directory.FindAsync(id, context.HttpContext.RequestAborted) is { Row.Retired: true }
            ? Refusal(id)
            : await next(context);

    public static ProblemResult Refusal(string id) => Problem.Gone($"The agent '{id}' is retired.");
}
