using System.Diagnostics;
using Certctl.AcmeService.RateLimits;

namespace Certctl.IntegrationTests.Acme;

/// <summary>The buckets themselves: what the limiter of the Go certctl is tested for, and what that one does not do.</summary>
[Collection(RateLimitFleet.Name)]
public sealed class RateLimiterTests(RateLimitFleet fleet)
{
    private readonly string of = $"test-{Guid.NewGuid():N}";

    private RateLimiter Limiter => fleet.Service<RateLimiter>();

    [Fact]
    public async Task A_bucket_lets_its_capacity_through_and_no_more()
    {
        Assert.Equal(5, await TakenOf(Bucket.NewOrders(of, 5), 8));
    }

    [Fact]
    public async Task Each_key_has_a_bucket_of_its_own()
    {
        Assert.Equal(2, await TakenOf(Bucket.NewOrders(of, 2), 3));
        Assert.Equal(2, await TakenOf(Bucket.NewOrders(of + "-other", 2), 3));
    }

    [Fact]
    public async Task Each_action_has_a_bucket_of_its_own()
    {
        Assert.Equal(2, await TakenOf(Bucket.NewOrders(of, 2), 3));
        Assert.Equal(2, await TakenOf(Bucket.KeyChanges(of, 2), 3));
        Assert.Equal(2, await TakenOf(Bucket.ChallengeResponds(of, 2), 3));
    }

    [Fact]
    public async Task A_token_comes_back_each_time_its_share_of_the_hour_has_passed()
    {
        var bucket = Bucket.NewOrders(of, 4);
        Assert.Equal(4, await TakenOf(bucket, 5));
        await PassAsync(bucket, TimeSpan.FromMinutes(16));
        Assert.Equal(1, await TakenOf(bucket, 3));
        await PassAsync(bucket, TimeSpan.FromHours(10));
        Assert.Equal(4, await TakenOf(bucket, 6));
    }

    [Fact]
    public async Task Who_is_refused_is_told_exactly_how_long()
    {
        var bucket = Bucket.KeyChanges(of, 5);
        Assert.Equal(5, await TakenOf(bucket, 5));
        var wait = await Limiter.TakeAsync(bucket, default);
        Assert.InRange(wait!.Value, TimeSpan.FromMinutes(12) - TimeSpan.FromSeconds(20), TimeSpan.FromMinutes(12));
        // A second before that it is too early, and at that time it is not.
        await PassAsync(bucket, wait.Value - TimeSpan.FromSeconds(60));
        Assert.InRange((await Limiter.TakeAsync(bucket, default))!.Value, TimeSpan.FromSeconds(40), TimeSpan.FromSeconds(60));
        await PassAsync(bucket, TimeSpan.FromSeconds(60));
        Assert.Null(await Limiter.TakeAsync(bucket, default));
    }

    [Fact]
    public async Task Refusals_write_nothing()
    {
        var bucket = Bucket.NewOrders(of, 3);
        Assert.Equal(3, await TakenOf(bucket, 3));
        var row = await fleet.Database.Value<string>("SELECT ctid || ' ' || xmin || ' ' || xmax FROM acme_rate_limits WHERE key = $1", bucket.Key);
        Assert.Equal(0, await TakenOf(bucket, 20));
        Assert.Equal(row, await fleet.Database.Value<string>("SELECT ctid || ' ' || xmin || ' ' || xmax FROM acme_rate_limits WHERE key = $1", bucket.Key));
    }

    [Fact]
    public async Task Two_hundred_callers_with_two_hundred_calls_each_on_both_replicas_get_the_capacity_and_no_more()
    {
        // 20 an hour: the next token would be due after three minutes.
        var bucket = Bucket.NewOrders(of, 20);
        var watch = Stopwatch.StartNew();
        var taken = await Task.WhenAll(Enumerable.Range(0, 200).Select(caller => Task.Run(() => TakenOf(bucket, 200, caller % 2))));
        Assert.True(watch.Elapsed < TimeSpan.FromMinutes(3), $"took {watch.Elapsed}");
        Assert.Equal(20, taken.Sum());
    }

    private async Task<int> TakenOf(Bucket bucket, int calls, int replica = 0)
    {
        var limiter = fleet.Service<RateLimiter>(replica);
        var taken = 0;
        for (var i = 0; i < calls; i++)
            if (await limiter.TakeAsync(bucket, default) is null) taken++;
        return taken;
    }

    /// <summary>As if so much time had passed.</summary>
    private Task<int> PassAsync(Bucket bucket, TimeSpan time) =>
        fleet.Database.Execute("UPDATE acme_rate_limits SET full_at = full_at - $2 WHERE key = $1", bucket.Key, time);
}
