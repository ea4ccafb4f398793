using Certctl.Core.Domain.Access;
using Microsoft.AspNetCore.Authorization;

namespace Certctl.Api.Access;

/// <summary>Names of the authorization policies. Viewer, operator and admin each include the next; agent stands apart.</summary>
public static class Policies
{
    /// <summary>Whoever reads: viewer, operator, admin.</summary>
    public const string Viewer = "viewer";

    /// <summary>Whoever renews, revokes and hands out: operator, admin.</summary>
    public const string Operator = "operator";

    /// <summary>Whoever decides what may be issued, and to whom: admin.</summary>
    public const string Admin = "admin";

    /// <summary>Tokens that speak for agents; for which one is <see cref="Caller.SpeaksFor"/>'s to say.</summary>
    public const string Agent = "agent";

    /// <summary>Any valid token; the handler decides.</summary>
    public const string Anyone = "anyone";

    internal static void AddTo(AuthorizationOptions options)
    {
        Add(options, Viewer, Role.Viewer, Role.Operator, Role.Admin);
        Add(options, Operator, Role.Operator, Role.Admin);
        Add(options, Admin, Role.Admin);
        Add(options, Agent, Role.Agent);
        options.AddPolicy(Anyone, policy => policy.RequireAuthenticatedUser());
        // A safety net for a route that forgot to say; what no route answers is a 404 for everybody.
        options.FallbackPolicy = new AuthorizationPolicyBuilder()
            .RequireAssertion(context => context.Resource is HttpContext http && http.GetEndpoint() is not RouteEndpoint
                || context.User.Identity is { IsAuthenticated: true })
            .Build();
    }

    private static void Add(AuthorizationOptions options, string name, params Role[] roles) =>
        options.AddPolicy(name, policy => policy.AddRequirements(new CallerHasRole(roles)));
}

/// <summary>Compares the caller's role without a look at claims: this runs once a heartbeat.</summary>
internal sealed class CallerHasRole(Role[] roles) : AuthorizationHandler<CallerHasRole>, IAuthorizationRequirement
{
    protected override Task HandleRequirementAsync(AuthorizationHandlerContext context, CallerHasRole requirement)
    {
        if (context.User is CallerPrincipal { Caller.Role: var role } && roles.Contains(role)) context.Succeed(requirement);
        return Task.CompletedTask;
    }
}
