using System.Runtime.CompilerServices;
using System.Security.Claims;
using System.Security.Principal;

namespace Certctl.Api.Access;

/// <summary>A caller as ASP.NET Core wants to see it.</summary>
internal sealed class CallerPrincipal(Caller caller) : ClaimsPrincipal(new GenericIdentity(caller.Actor, BearerAuthentication.SchemeName))
{
    private static readonly ConditionalWeakTable<Caller, CallerPrincipal> Known = [];

    public Caller Caller { get; } = caller;

    /// <summary>The principal of a caller, made once for as long as a directory keeps that caller.</summary>
    public static CallerPrincipal Of(Caller caller) => Known.GetValue(caller, static c => new CallerPrincipal(c));
}

public static class CallerOfRequest
{
    /// <summary>Who asks.</summary>
    /// <exception cref="InvalidOperationException">The route lets anonymous requests in.</exception>
    public static Caller Caller(this HttpContext context) => context.User is CallerPrincipal principal
        ? principal.Caller
        : throw new InvalidOperationException("This request carries no token that was checked.");
}
