using Certctl.Api.Paging;
using Certctl.Api.Problems;

namespace Certctl.UnitTests.Api.Paging;

public sealed class PageQueryTests
{
    [Theory]
    [InlineData(null, 50)]
    [InlineData("1", 1)]
    [InlineData("500", 500)]
    public void A_limit_is_read(string? text, int take) => Assert.Equal(take, new PageQuery { Limit = text }.Take);

    [Theory]
    [InlineData("0")]
    [InlineData("501")]
    [InlineData("-1")]
    [InlineData("x")]
    [InlineData("")]
    [InlineData("1e2")]
    [InlineData("99999999999999999999")]
    public void A_limit_out_of_bounds_is_refused(string text) =>
        Assert.Equal("limit", Assert.Throws<InvalidRequestException>(() => new PageQuery { Limit = text }.Take).Field);
}
