using System.Threading.RateLimiting;
using Certctl.Api.Problems;
using Microsoft.AspNetCore.RateLimiting;

namespace Certctl.Api.Access;

/// <summary>Token buckets, after authentication: one for each API key, and one for each address that shows no valid token.
/// Routes marked with <see cref="DisableRateLimitingAttribute"/> count what their own callers ask elsewhere. What is public has
/// a bucket of its own for each address.</summary>
internal sealed class RequestLimits(AccessSettings settings) : IDisposable
{
    private readonly PartitionedRateLimiter<string> keys = Buckets(settings.PerKeyRate, settings.PerKeyBurst);
    private readonly PartitionedRateLimiter<string> addresses = Buckets(settings.PerAddressRate, settings.PerAddressBurst);
    private readonly PartitionedRateLimiter<string> relyingParties = Buckets(settings.PkiPerAddressRate / 60.0, settings.PkiPerAddressRate);
    private readonly PartitionedRateLimiter<string> logins = Buckets(rate: 1, burst: 20);

    public async Task InvokeAsync(HttpContext context, RequestDelegate next)
    {
        if (context.User is not CallerPrincipal { Caller.KeyId: var key }) await LimitAsync(addresses, AddressOf(context), context, next);
        else if (context.GetEndpoint()?.Metadata.GetMetadata<DisableRateLimitingAttribute>() is not null) await next(context);
        else await LimitAsync(keys, key, context, next);
    }

    /// <summary>For the routes that are public: CRL, OCSP and CA certificates.</summary>
    public Task InvokePublicAsync(HttpContext context, RequestDelegate next) => LimitAsync(relyingParties, AddressOf(context), context, next);

    /// <summary>Whether this address may try to log in, or how long to wait: keys are long, but a form invites to try.</summary>
    public bool AllowsLogin(HttpContext context, out TimeSpan wait) => Allows(logins, AddressOf(context), out wait);

    public void Dispose()
    {
        keys.Dispose();
        addresses.Dispose();
        relyingParties.Dispose();
        logins.Dispose();
    }

    private async Task LimitAsync(PartitionedRateLimiter<string> limiter, string of, HttpContext context, RequestDelegate next)
    {
        if (!settings.RateLimitEnabled || Allows(limiter, of, out var wait)) await next(context);
        else await Problem.TooManyRequests(wait).ExecuteAsync(context);
    }

    private static bool Allows(PartitionedRateLimiter<string> limiter, string of, out TimeSpan wait)
    {
        using var lease = limiter.AttemptAcquire(of);
        lease.TryGetMetadata(MetadataName.RetryAfter, out wait);
        return lease.IsAcquired;
    }

    private static string AddressOf(HttpContext context) => context.Connection.RemoteIpAddress?.ToString() ?? "";

    /// <param name="rate">Tokens a second.</param>
    private static PartitionedRateLimiter<string> Buckets(double rate, int burst) => PartitionedRateLimiter.Create<string, string>(key =>
        RateLimitPartition.GetTokenBucketLimiter(key, _ => new TokenBucketRateLimiterOptions
        {
            TokenLimit = burst,
            // Ten refills a second while the rate allows it, so that a bucket does not open in bursts of a second.
            TokensPerPeriod = (int)Math.Max(1, rate / 10),
            ReplenishmentPeriod = TimeSpan.FromSeconds((int)Math.Max(1, rate / 10) / rate),
            QueueLimit = 0,
        }));
}
