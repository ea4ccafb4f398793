using System.Net;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Certctl.Api.Dashboard;

/// <summary>The one page that certctl itself draws: a form to log in, and once that is done one to log out.</summary>
internal static class LoginPage
{
    private const string Style = """
        body { font: 16px/1.5 system-ui, sans-serif; background: #f5f6f8; color: #1c2430; display: grid; place-items: center; min-height: 100vh; margin: 0 }
        form { background: #fff; border: 1px solid #dfe3e8; border-radius: 8px; padding: 2rem; width: min(24rem, 90vw); box-sizing: border-box }
        h1 { font-size: 1.25rem; margin: 0 0 1rem }
        label { display: block; margin-bottom: .25rem }
        input[type=password], button { width: 100%; box-sizing: border-box; font: inherit; padding: .5rem .75rem; border-radius: 6px; border: 1px solid #b6bec9 }
        button { margin-top: 1rem; background: #1f5fbf; border-color: #1f5fbf; color: #fff; cursor: pointer }
        .error { color: #a4161a; margin: 0 0 1rem }
        .hint { color: #5b6675; font-size: .875rem; margin: 1rem 0 0 }
        """;

    /// <summary>This style and a form that goes back to us: nothing else belongs on the page.</summary>
    private static readonly string ContentSecurityPolicy =
        $"default-src 'none'; style-src 'sha256-{Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(Style)))}'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

    public static ContentHttpResult LogIn(HttpContext context, IAntiforgery antiforgery, string? error, int status) =>
        Page(context, antiforgery, LoginEndpoints.Path, status, $"""
            {Alert(error)}
                <label for="api_key">API key</label>
                <input id="api_key" name="api_key" type="password" autocomplete="current-password" required autofocus>
                <button type="submit">Log in</button>
                <p class="hint">Of an operator or an administrator, or of a viewer, who may only look. The login ends after eight hours, or with the key.</p>
            """);

    public static ContentHttpResult LogOut(HttpContext context, IAntiforgery antiforgery, string name) =>
        Page(context, antiforgery, LoginEndpoints.LogoutPath, StatusCodes.Status200OK, $"""
            <p>Logged in as {WebUtility.HtmlEncode(name)}. <a href="{LoginEndpoints.Home}">To the jobs</a></p>
                <button type="submit">Log out</button>
            """);

    private static ContentHttpResult Page(HttpContext context, IAntiforgery antiforgery, string action, int status, string fields)
    {
        var token = antiforgery.GetAndStoreTokens(context);
        context.Response.Headers.CacheControl = "no-store";
        context.Response.Headers.ContentSecurityPolicy = ContentSecurityPolicy;
        return TypedResults.Content($$"""
            <!doctype html>
            <html lang="en">
            <head>
              <meta charset="utf-8">
              <meta name="viewport" content="width=device-width, initial-scale=1">
              <title>certctl jobs</title>
              <style>{{Style}}</style>
            </head>
            <body>
              <form method="post" action="{{action}}">
                <h1>certctl jobs</h1>
                <input type="hidden" name="{{WebUtility.HtmlEncode(token.FormFieldName)}}" value="{{WebUtility.HtmlEncode(token.RequestToken)}}">
                {{fields}}
              </form>
            </body>
            </html>
            """, "text/html", Encoding.UTF8, status);
    }

    private static string Alert(string? error) =>
        error is null ? "" : $"<p class=\"error\" role=\"alert\">{WebUtility.HtmlEncode(error)}</p>";
}
