using System.Globalization;
using System.Security.Claims;
using System.Security.Cryptography;
using System.Text;
using Certctl.Api.Access;
using Certctl.Api.Writes;
using Certctl.Core.Domain.Access;
using Certctl.Core.Persistence;
using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;

namespace Certctl.Api.Dashboard;

/// <summary>An API key, typed once, becomes a cookie for the dashboard and for nothing else.</summary>
internal static class LoginEndpoints
{
    public const string Path = "/login";
    public const string LogoutPath = "/logout";
    public const string Home = "/hangfire";

    public static void MapLogin(this IEndpointRouteBuilder app)
    {
        // The handlers check the antiforgery token themselves: the framework's check would answer with an exception.
        var login = app.MapGroup(Path).AllowAnonymous().DisableAntiforgery().ExcludeFromDescription();
        login.MapGet("/", ShowAsync);
        login.MapPost("/", SignInAsync);
        app.MapPost(LogoutPath, SignOutAsync).AllowAnonymous().DisableAntiforgery().ExcludeFromDescription();
    }

    private static async Task<ContentHttpResult> ShowAsync(HttpContext context, IAntiforgery antiforgery)
    {
        var login = await context.AuthenticateAsync(DashboardModule.Scheme);
        return login.Principal?.Identity?.Name is { } name
            ? LoginPage.LogOut(context, antiforgery, name)
            : LoginPage.LogIn(context, antiforgery, null, StatusCodes.Status200OK);
    }

    private static async Task<IResult> SignInAsync(
        HttpContext context, IAntiforgery antiforgery, IEnumerable<ITokenDirectory> directories, RequestLimits limits, CertctlDbContext database,
        AuditTrail audit, [FromForm(Name = "api_key")] string? apiKey)
    {
        if (!limits.AllowsLogin(context, out var wait))
        {
            context.Response.Headers.RetryAfter = Math.Max(1, (int)Math.Ceiling(wait.TotalSeconds)).ToString(CultureInfo.InvariantCulture);
            return LoginPage.LogIn(context, antiforgery, "Too many tries; wait a moment.", StatusCodes.Status429TooManyRequests);
        }

        if (!await antiforgery.IsRequestValidAsync(context))
            return LoginPage.LogIn(context, antiforgery, "This form has expired; try again.", StatusCodes.Status400BadRequest);
        var hash = SHA256.HashData(Encoding.UTF8.GetBytes(apiKey?.Trim() ?? ""));
        foreach (var directory in directories)
        {
            if (await directory.FindAsync(hash, context.RequestAborted) is not { Role: Role.Viewer or Role.Operator or Role.Admin } caller) continue;
            var identity = new ClaimsIdentity([
                new Claim(ClaimTypes.Name, caller.Actor),
                new Claim(ClaimTypes.Role, caller.Role.ToString()),
                new Claim(ClaimTypes.Hash, Convert.ToHexString(hash))], DashboardModule.Scheme);
            context.User = CallerPrincipal.Of(caller);
            audit.Record("dashboard_login", "api_key", caller.KeyId);
            await database.SaveChangesAsync(context.RequestAborted);
            await context.SignInAsync(DashboardModule.Scheme, new ClaimsPrincipal(identity));
            return TypedResults.Redirect(Home);
        }

        return LoginPage.LogIn(context, antiforgery, "This is not the key of a viewer, an operator or an administrator.", StatusCodes.Status401Unauthorized);
    }

    private static async Task<IResult> SignOutAsync(HttpContext context, IAntiforgery antiforgery)
    {
        if (!await antiforgery.IsRequestValidAsync(context)) return TypedResults.BadRequest();
        await context.SignOutAsync(DashboardModule.Scheme);
        return TypedResults.Redirect(Path);
    }
}
