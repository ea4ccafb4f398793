using Certctl.Core.Domain.Names;

namespace Certctl.UnitTests.Domain.Names;

public class DnsNameTests
{
    [Theory]
    [InlineData("www.example.com", "www.example.com")]
    [InlineData("WWW.Example.COM", "www.example.com")]
    [InlineData("localhost", "localhost")]
    [InlineData("*.example.com", "*.example.com")]
    [InlineData("xn--bcher-kva.example", "xn--bcher-kva.example")]
    [InlineData("1.example.com", "1.example.com")]
    [InlineData("a-b.example.com", "a-b.example.com")]
    public void Valid_names_are_lower_cased(string text, string expected)
    {
        Assert.True(DnsName.TryNormalize(text, out var name, out var error), error);
        Assert.Equal(expected, name);
    }

    [Theory]
    [InlineData("", "empty")]
    [InlineData("example.com.", "dot")]
    [InlineData(".example.com", "empty label")]
    [InlineData("a..b", "empty label")]
    [InlineData("*", "wildcard")]
    [InlineData("w*.example.com", "wildcard")]
    [InlineData("*.*.example.com", "wildcard")]
    [InlineData("www.*.com", "wildcard")]
    [InlineData("*.", "dot")]
    [InlineData("10.0.0.1", "IP address")]
    [InlineData("::1", "IP address")]
    [InlineData("*.10.0.0.1", "IP address")]
    [InlineData("1.2.3.4.5", "IP address")]
    [InlineData("host.123", "IP address")]
    [InlineData("-a.example.com", "hyphen")]
    [InlineData("a-.example.com", "hyphen")]
    [InlineData("a_b.example.com", "letters, digits and hyphens")]
    [InlineData("a b.example.com", "ASCII")]
    [InlineData("bücher.example", "A-labels")]
    [InlineData("a\0.example.com", "ASCII")]
    [InlineData("xn--a.example", "A-label")]
    [InlineData("ab--cd.example", "A-label")]
    [InlineData("http://example.com", "letters, digits and hyphens")]
    public void Invalid_names_are_refused_with_the_reason(string text, string reason)
    {
        Assert.False(DnsName.TryNormalize(text, out _, out var error));
        Assert.Contains(reason, error, StringComparison.Ordinal);
    }

    [Fact]
    public void Labels_end_at_63_and_names_at_253_characters()
    {
        var label = new string('a', 63);
        Assert.True(DnsName.TryNormalize($"{label}.example.com", out _, out _));
        Assert.False(DnsName.TryNormalize($"a{label}.example.com", out _, out _));

        var longest = string.Join('.', label, label, label, new string('a', 61));
        Assert.Equal(253, longest.Length);
        Assert.True(DnsName.TryNormalize(longest, out _, out _));
        Assert.False(DnsName.TryNormalize("b" + longest, out _, out _));
    }

    [Theory]
    [InlineData("example.com", "example.com", true)]
    [InlineData("a.b.example.com", "Example.com", true)]
    [InlineData("badexample.com", "example.com", false)]
    [InlineData("example.com", "a.example.com", false)]
    [InlineData("example.com", "", false)]
    public void A_name_is_within_a_domain_that_it_equals_or_lies_below(string name, string domain, bool within) =>
        Assert.Equal(within, DnsName.IsWithin(name, domain));
}
