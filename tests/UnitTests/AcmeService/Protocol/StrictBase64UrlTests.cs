using System.Buffers.Text;
using Certctl.AcmeService.Protocol;

namespace Certctl.UnitTests.AcmeService.Protocol;

public sealed class StrictBase64UrlTests
{
    [Theory]
    [InlineData("", "")]
    [InlineData("Zg", "66")]
    [InlineData("Zm8", "666f")]
    [InlineData("Zm9v", "666f6f")]
    [InlineData("-_-_", "fbffbf")]
    [InlineData("_w", "ff")]
    public void The_one_text_of_a_value_is_read(string text, string hex) => Assert.Equal(hex, Convert.ToHexStringLower(StrictBase64Url.Decode(text)!));

    [Theory]
    [InlineData(null)]
    [InlineData("Zg==")]
    [InlineData("Zm8=")]
    [InlineData("Z")]
    [InlineData("Zm9vZ")]
    [InlineData("Zh")]
    [InlineData("Zm9")]
    [InlineData("Zm 9v")]
    [InlineData("Zm9v\n")]
    [InlineData(" ")]
    [InlineData("+/+/")]
    [InlineData("Zm9\u00e9")]
    [InlineData("Zm9%76")]
    public void Any_other_text_is_refused(string? text) => Assert.Null(StrictBase64Url.Decode(text));

    [Fact]
    public void Every_text_of_one_and_two_bytes_is_read_back_and_has_no_second_text()
    {
        const string alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
        var one = from a in alphabet from b in alphabet select $"{a}{b}";
        var read = one.Select(text => (text, Bytes: StrictBase64Url.Decode(text))).Where(r => r.Bytes is not null).ToList();
        Assert.Equal(256, read.Count);
        Assert.All(read, r => Assert.Equal(r.text, Base64Url.EncodeToString(r.Bytes)));
        Assert.Equal(65_536, (from a in alphabet from b in alphabet from c in alphabet select StrictBase64Url.Decode($"{a}{b}{c}")).Count(b => b is not null));
    }
}
