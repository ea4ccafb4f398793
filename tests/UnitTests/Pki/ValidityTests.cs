using Certctl.Core.Pki;

namespace Certctl.UnitTests.Pki;

public sealed class ValidityTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 25, 12, 0, 0, TimeSpan.Zero);
    private static readonly TimeSpan Maximum = TimeSpan.FromDays(90);

    [Fact]
    public void An_end_at_the_beginning_of_time_is_over_and_overflows_nothing()
    {
        Assert.Null(Validity.Of(null, DateTimeOffset.MinValue, Now, Maximum));
        Assert.Null(Validity.Of(Now, DateTimeOffset.MinValue, Now, Maximum));
    }

    [Fact]
    public void An_end_within_the_maximum_is_honoured_and_one_that_is_over_is_not()
    {
        Assert.Equal(Now.AddDays(1), Validity.Of(null, Now.AddDays(1), Now, Maximum)?.NotAfter);
        Assert.Null(Validity.Of(null, Now, Now, Maximum));
    }
}
