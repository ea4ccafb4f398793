using System.Threading.RateLimiting;
using Certctl.Api.Problems;
using Microsoft.AspNetCore.RateLimiting;

namespace Certctl.Api.Access;

/// <summary>Token buckets, after authentication: one for each API key, and one for each address that shows no valid token.
/// Routes marked with <see cref="DisableRateLimitingAttribute"/> count elsewhere.</summary>
internal sealed class RequestLimits(AccessSettings settings) : IDisposable
{
    private readonly PartitionedRateLimiter<string> keys = Buckets(settings.PerKeyRate, settings.PerKeyBurst);
    private readonly PartitionedRateLimiter<string> addresses = Buckets(settings.PerAddressRate, settings.PerAddressBurst);

    private readonly PartitionedRateLimiter<string> logins = Buckets(rate: 1, burst: 20);

    public async Task InvokeAsync(HttpContext context, RequestDelegate next)
    {
        if (!settings.RateLimitEnabled || context.GetEndpoint()?.Metadata.GetMetadata<DisableRateLimitingAttribute>() is not null)
        {
            await next(context);
            return;
        }

        using var lease = context.User is CallerPrincipal principal
            ? keys.AttemptAcquire(principal.Caller.KeyId)
            : addresses.AttemptAcquire(context.Connection.RemoteIpAddress?.ToString() ?? "");
        if (lease.IsAcquired)
        {
            await next(context);
            return;
        }

        lease.TryGetMetadata(MetadataName.RetryAfter, out var wait);
        await Problem.TooManyRequests(wait).ExecuteAsync(context);
    }

    /// <summary>Whether this address may try to log in: keys are long, but a form invites to try.</summary>
    public bool AllowsLogin(System.Net.IPAddress? address) => logins.AttemptAcquire(address?.ToString() ?? "").IsAcquired;

    public void Dispose()
    {
        keys.Dispose();
        addresses.Dispose();
        logins.Dispose();
    }

    private static PartitionedRateLimiter<string> Buckets(int rate, int burst) => PartitionedRateLimiter.Create<string, string>(key =>
        RateLimitPartition.GetTokenBucketLimiter(key, _ => new TokenBucketRateLimiterOptions
        {
            TokenLimit = burst,
            // Ten refills a second while the rate allows it, so that a bucket does not open in bursts of a second.
            TokensPerPeriod = Math.Max(1, rate / 10),
            ReplenishmentPeriod = TimeSpan.FromSeconds(Math.Max(1, rate / 10) / (double)rate),
            QueueLimit = 0,
        }));
}
