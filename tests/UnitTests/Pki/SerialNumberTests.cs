using Certctl.Core.Pki;

namespace Certctl.UnitTests.Pki;

public class SerialNumberTests
{
    [Theory]
    [InlineData("0F", "0f")]
    [InlineData("f", "0f")]
    [InlineData("00:00:ab:CD", "abcd")]
    [InlineData("0xABC", "0abc")]
    [InlineData(" 01 02 ", "0102")]
    [InlineData("7fffffffffffffffffffffffffffffffffffffff", "7fffffffffffffffffffffffffffffffffffffff")]
    public void One_number_has_one_text(string text, string expected)
    {
        Assert.True(SerialNumber.TryParse(text, out var serial));
        Assert.Equal(expected, serial.ToString());
        Assert.True(SerialNumber.TryFromDer(serial.ToDer(), out var again));
        Assert.Equal(serial, again);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("0")]
    [InlineData("0000")]
    [InlineData("-1")]
    [InlineData("xyz")]
    [InlineData("80ffffffffffffffffffffffffffffffffffffff")]
    [InlineData("01ffffffffffffffffffffffffffffffffffffffff")]
    public void Zero_negative_oversize_and_non_hex_are_refused(string? text) => Assert.False(SerialNumber.TryParse(text, out _));

    [Fact]
    public void A_negative_integer_is_refused() => Assert.False(SerialNumber.TryFromDer([0x80, 0x01], out _));

    [Fact]
    public void Random_serials_are_distinct_positive_and_of_128_bits()
    {
        var serials = Enumerable.Range(0, 10_000).Select(_ => SerialNumber.Random()).ToHashSet();
        Assert.Equal(10_000, serials.Count);
        Assert.All(serials, serial =>
        {
            Assert.Equal(32, serial.ToString().Length);
            Assert.True(serial.ToDer()[0] < 0x80);
        });
        Assert.Contains(serials, serial => serial.ToDer().Length == 17);
    }
}
