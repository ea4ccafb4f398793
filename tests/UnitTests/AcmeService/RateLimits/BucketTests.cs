using System.Net;
using Certctl.AcmeService.RateLimits;

namespace Certctl.UnitTests.AcmeService.RateLimits;

public sealed class BucketTests
{
    /// <summary>As the statement has it: taken while full again within the reach, and every token moves that on by the interval.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(5)]
    [InlineData(7)]
    [InlineData(100)]
    [InlineData(999_983)]
    public void A_full_bucket_holds_its_capacity_exactly_also_where_the_hour_does_not_divide(int perHour)
    {
        var bucket = Bucket.NewOrders("a", perHour);
        var (fullIn, taken) = (TimeSpan.Zero, 0);
        while (fullIn <= bucket.Reach)
        {
            fullIn += bucket.Interval;
            taken++;
        }

        Assert.Equal(perHour, taken);
        Assert.True(fullIn <= TimeSpan.FromHours(1));
        Assert.Equal(0, bucket.Interval.Nanoseconds);
    }

    [Theory]
    [InlineData("192.0.2.1", "192.0.2.1")]
    [InlineData("::ffff:192.0.2.1", "192.0.2.1")]
    [InlineData("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64")]
    [InlineData("2001:db8:1:2::1", "2001:db8:1:2::/64")]
    public void An_address_stands_for_its_host_and_of_ipv6_for_its_64_bit_prefix(string address, string expected) =>
        Assert.Equal(expected, ClientAddress.Of(IPAddress.Parse(address)));
}
