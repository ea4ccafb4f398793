using System.Threading.RateLimiting;
using Certctl.AcmeService.Endpoints;
using Certctl.AcmeService.Protocol;

namespace Certctl.AcmeService.RateLimits;

/// <summary>What one address may ask of one replica without an account: directory, newNonce, renewalInfo, and signed requests that
/// fail their nonce or signature. In memory: it guards this process, and costs no I/O.</summary>
public sealed class AddressLimits(RateLimitSettings settings) : IDisposable
{
    private readonly PartitionedRateLimiter<string>? addresses = settings.PerAddressPerMinute > 0 ? Buckets(settings.PerAddressPerMinute) : null;

    /// <summary>Counts a request; a refusal when there were too many.</summary>
    public AcmeProblem? Refuse(HttpContext http, AcmeUrls urls)
    {
        if (addresses is null) return null;
        using var lease = addresses.AttemptAcquire(ClientAddress.Of(http.Connection.RemoteIpAddress));
        if (lease.IsAcquired) return null;
        AcmeCounters.Refused("address");
        lease.TryGetMetadata(MetadataName.RetryAfter, out var wait);
        return Problems.RateLimited($"Too many requests from this address: at most {settings.PerAddressPerMinute} a minute.", wait, urls.RateLimits);
    }

    public void Dispose() => addresses?.Dispose();

    private static PartitionedRateLimiter<string> Buckets(int perMinute) => PartitionedRateLimiter.Create<string, string>(address =>
        RateLimitPartition.GetTokenBucketLimiter(address, _ => new TokenBucketRateLimiterOptions
        {
            TokenLimit = perMinute,
            // Ten refills a second while the rate allows it, so that a bucket does not open in bursts.
            TokensPerPeriod = Math.Max(1, perMinute / 600),
            ReplenishmentPeriod = TimeSpan.FromMinutes((double)Math.Max(1, perMinute / 600) / perMinute),
            QueueLimit = 0,
        }));
}
