using System.Buffers.Text;
using System.Text;
using Certctl.Api.Paging;
using Certctl.Api.Problems;

namespace Certctl.UnitTests.Api.Paging;

public sealed class CursorTests
{
    [Theory]
    [InlineData("created_at", "2026-01-31T12:00:00.1234560+00:00", "mc-1")]
    [InlineData("-expires_at", null, "mc-1")]
    [InlineData("name", "a:b \"ü\" {}", "mc-2")]
    public void A_cursor_round_trips(string sort, string? value, string id)
    {
        var cursor = new Cursor(sort, value, id);
        Assert.Equal(cursor, Cursor.Read(cursor.Encode(), sort));
    }

    [Fact]
    public void No_cursor_is_the_first_page() => Assert.Null(Cursor.Read(null, "name"));

    [Fact]
    public void A_cursor_of_another_sort_is_refused() =>
        Assert.Throws<InvalidRequestException>(() => Cursor.Read(new Cursor("name", "x", "mc-1").Encode(), "-name"));

    [Theory]
    [InlineData("")]
    [InlineData("!!")]
    [InlineData("abc")]
    [InlineData("{}")]
    public void A_text_that_is_no_cursor_is_refused(string text) =>
        Assert.Throws<InvalidRequestException>(() => Cursor.Read(text, "name"));

    [Theory]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("{\"s\":\"name\"}")]
    [InlineData("{\"s\":\"name\",\"v\":1,\"i\":\"x\"}")]
    [InlineData("{\"s\":\"name\",\"v\":\"a\\u0000\",\"i\":\"x\"}")]
    [InlineData("{\"s\":\"name\",\"v\":\"a\",\"i\":\"\"}")]
    public void Json_that_is_no_cursor_is_refused(string json) =>
        Assert.Throws<InvalidRequestException>(() => Cursor.Read(Base64Url.EncodeToString(Encoding.UTF8.GetBytes(json)), "name"));

    [Fact]
    public void An_endless_cursor_is_refused() =>
        Assert.Throws<InvalidRequestException>(() => Cursor.Read(new string('A', 1_000_000), "name"));
}
