using Certctl.AcmeService.Validation.Http01;

namespace Certctl.UnitTests.AcmeService.Validation.Http01;

public sealed class RedirectRulesTests
{
    private static readonly Uri From = new("http://www.example.test/.well-known/acme-challenge/token");

    [Theory]
    [InlineData("http://other.example.test/x?y=z", "http://other.example.test/x?y=z")]
    [InlineData("https://other.example.test/", "https://other.example.test/")]
    [InlineData("HTTPS://other.example.test:443/", "https://other.example.test/")]
    [InlineData("https://other.example.test:80/", "https://other.example.test:80/")]
    [InlineData("http://other.example.test:5002/", "http://other.example.test:5002/")]
    [InlineData("//other.example.test/x", "http://other.example.test/x")]
    [InlineData("/x", "http://www.example.test/x")]
    [InlineData("http://192.0.2.1/", "http://192.0.2.1/")]
    [InlineData("http://[2001:db8::1]/", "http://[2001:db8::1]/")]
    [InlineData("http://bücher.example/", "http://bücher.example/")]
    public void Redirect_within_http_is_followed(string location, string expected) =>
        Assert.Equal((new Uri(expected), null), RedirectRules.Follow(From, location, 5002, 5001));

    [Theory]
    [InlineData(null, "has no Location")]
    [InlineData("http://", "not a URL")]
    [InlineData("file:///etc/passwd", "scheme")]
    [InlineData("ftp://www.example.test/", "scheme")]
    [InlineData("javascript:alert(1)", "scheme")]
    [InlineData("http://user@www.example.test/", "credentials")]
    [InlineData("http://www.example.test:22/", "port 22")]
    [InlineData("http://www.example.test:8443/", "port 8443")]
    [InlineData("http://under_score.example.test/", "neither a DNS name")]
    [InlineData("http://www.example.test./", "neither a DNS name")]
    [InlineData("http://-dash.example.test/", "neither a DNS name")]
    public void Redirect_elsewhere_is_refused(string? location, string problem)
    {
        var (next, actual) = RedirectRules.Follow(From, location, 5002, 5001);
        Assert.Null(next);
        Assert.Contains(problem, actual, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("http://[2001:DB8::1]:80/", "2001:db8::1")]
    [InlineData("http://0xc0000201/", "192.0.2.1")]
    [InlineData("http://bücher.example/", "xn--bcher-kva.example")]
    [InlineData("http://WWW.Example.test/", "www.example.test")]
    public void Host_is_what_is_looked_up_or_dialled(string url, string host) => Assert.Equal(host, RedirectRules.HostOf(new Uri(url)));

    [Theory]
    [InlineData(2000, true)]
    [InlineData(2001, false)]
    public void Url_is_bounded(int length, bool followed) =>
        Assert.Equal(followed, RedirectRules.Follow(From, "http://www.example.test/".PadRight(length, 'x')).Next is not null);
}
