using System.Security.Cryptography;
using System.Text;
using System.Text.Encodings.Web;
using Certctl.Api.Problems;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Options;

namespace Certctl.Api.Access;

/// <summary>Reads <c>Authorization: Bearer</c> and asks each directory for the token's SHA-256.</summary>
internal sealed class BearerAuthentication(
    IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory logger, UrlEncoder encoder, IEnumerable<ITokenDirectory> directories)
    : AuthenticationHandler<AuthenticationSchemeOptions>(options, logger, encoder)
{
    public const string SchemeName = "Bearer";
    private const string Prefix = SchemeName + " ";

    /// <summary>Longest token that is looked at, in characters.</summary>
    private const int MaxTokenLength = 512;

    protected override async Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        // What is not the API takes no token: /metrics has one of its own, and none of it is worth a look in the database.
        if (!Request.Path.StartsWithSegments("/api")) return AuthenticateResult.NoResult();
        var header = Request.Headers.Authorization;
        if (header.Count == 0) return AuthenticateResult.NoResult();
        if (header.Count > 1 || !header[0]!.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase)) return AuthenticateResult.Fail("not one bearer token");
        var token = header[0].AsSpan(Prefix.Length).Trim();
        if (token.IsEmpty || token.Length > MaxTokenLength) return AuthenticateResult.Fail("no token of a possible length");
        var hash = HashOf(token);
        foreach (var directory in directories)
        {
            if (await directory.FindAsync(hash, Context.RequestAborted) is { } caller)
                return AuthenticateResult.Success(new AuthenticationTicket(CallerPrincipal.Of(caller), SchemeName));
        }

        return AuthenticateResult.Fail("unknown token");
    }

    protected override Task HandleChallengeAsync(AuthenticationProperties properties)
    {
        var presented = Request.Headers.Authorization.Count > 0;
        // RFC 6750 3: no error code where no credentials were shown.
        Response.Headers.WWWAuthenticate = presented ? "Bearer realm=\"certctl\", error=\"invalid_token\"" : "Bearer realm=\"certctl\"";
        return Problem.Unauthorized(presented).ExecuteAsync(Context);
    }

    protected override Task HandleForbiddenAsync(AuthenticationProperties properties) =>
        Problem.Forbidden("The role of this token does not allow that.").ExecuteAsync(Context);

    private static byte[] HashOf(ReadOnlySpan<char> token)
    {
        Span<byte> bytes = stackalloc byte[MaxTokenLength * 3];
        return SHA256.HashData(bytes[..Encoding.UTF8.GetBytes(token, bytes)]);
    }
}
