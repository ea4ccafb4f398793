using System.Net;
using System.Security.Claims;
using System.Security.Cryptography;
using System.Text;
using Certctl.Api.Access;
using Certctl.Core.Domain.Access;
using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;

namespace Certctl.Api.Dashboard;

/// <summary>An API key, typed once, becomes a cookie for the dashboard and for nothing else.</summary>
internal static class LoginEndpoints
{
    public const string Path = "/login";
    private const string Home = "/hangfire";

    public static void MapLogin(this IEndpointRouteBuilder app)
    {
        // The handlers check the antiforgery token themselves: the framework's check would answer with an exception.
        var login = app.MapGroup(Path).AllowAnonymous().DisableAntiforgery().ExcludeFromDescription();
        login.MapGet("/", (HttpContext context, IAntiforgery antiforgery) => Page(context, antiforgery, null, StatusCodes.Status200OK));
        login.MapPost("/", SignInAsync);
        app.MapPost("/logout", SignOutAsync).AllowAnonymous().DisableAntiforgery().ExcludeFromDescription();
    }

    private static async Task<IResult> SignInAsync(
        HttpContext context, IAntiforgery antiforgery, IEnumerable<ITokenDirectory> directories, RequestLimits limits, [FromForm(Name = "api_key")] string? apiKey)
    {
        if (!limits.AllowsLogin(context.Connection.RemoteIpAddress))
            return Page(context, antiforgery, "Too many tries; wait a minute.", StatusCodes.Status429TooManyRequests);
        if (!await antiforgery.IsRequestValidAsync(context))
            return Page(context, antiforgery, "This form has expired; try again.", StatusCodes.Status400BadRequest);
        var hash = SHA256.HashData(Encoding.UTF8.GetBytes(apiKey?.Trim() ?? ""));
        foreach (var directory in directories)
        {
            if (await directory.FindAsync(hash, context.RequestAborted) is not { Role: Role.Operator or Role.Admin } caller) continue;
            var identity = new ClaimsIdentity([
                new Claim(ClaimTypes.Name, caller.Actor),
                new Claim(ClaimTypes.Role, caller.Role.ToString()),
                new Claim(ClaimTypes.Hash, Convert.ToHexString(hash))], DashboardModule.Scheme);
            await context.SignInAsync(DashboardModule.Scheme, new ClaimsPrincipal(identity));
            return TypedResults.Redirect(Home);
        }

        return Page(context, antiforgery, "This is not the key of an operator or an administrator.", StatusCodes.Status401Unauthorized);
    }

    private static async Task<IResult> SignOutAsync(HttpContext context, IAntiforgery antiforgery)
    {
        if (!await antiforgery.IsRequestValidAsync(context)) return TypedResults.BadRequest();
        await context.SignOutAsync(DashboardModule.Scheme);
        return TypedResults.Redirect(Path);
    }

    private static ContentHttpResult Page(HttpContext context, IAntiforgery antiforgery, string? error, int status)
    {
        var token = antiforgery.GetAndStoreTokens(context);
        context.Response.Headers.CacheControl = "no-store";
        return TypedResults.Content($$"""
            <!doctype html>
            <html lang="en">
            <head>
              <meta charset="utf-8">
              <meta name="viewport" content="width=device-width, initial-scale=1">
              <title>certctl: log in</title>
              <style>
                body { font: 16px/1.5 system-ui, sans-serif; background: #f5f6f8; color: #1c2430; display: grid; place-items: center; min-height: 100vh; margin: 0 }
                form { background: #fff; border: 1px solid #dfe3e8; border-radius: 8px; padding: 2rem; width: min(24rem, 90vw); box-sizing: border-box }
                h1 { font-size: 1.25rem; margin: 0 0 1rem }
                label { display: block; margin-bottom: .25rem }
                input[type=password], button { width: 100%; box-sizing: border-box; font: inherit; padding: .5rem .75rem; border-radius: 6px; border: 1px solid #b6bec9 }
                button { margin-top: 1rem; background: #1f5fbf; border-color: #1f5fbf; color: #fff; cursor: pointer }
                .error { color: #a4161a; margin: 0 0 1rem }
                .hint { color: #5b6675; font-size: .875rem; margin: 1rem 0 0 }
              </style>
            </head>
            <body>
              <form method="post" action="{{Path}}">
                <h1>certctl jobs</h1>
                {{Alert(error)}}
                <label for="api_key">API key</label>
                <input id="api_key" name="api_key" type="password" autocomplete="current-password" required autofocus>
                <input type="hidden" name="{{WebUtility.HtmlEncode(token.FormFieldName)}}" value="{{WebUtility.HtmlEncode(token.RequestToken)}}">
                <button type="submit">Log in</button>
                <p class="hint">Of an operator or an administrator. The login ends after eight hours, or with the key.</p>
              </form>
            </body>
            </html>
            """, "text/html", Encoding.UTF8, status);
    }

    private static string Alert(string? error) =>
        error is null ? "" : $"<p class=\"error\" role=\"alert\">{WebUtility.HtmlEncode(error)}</p>";
}
