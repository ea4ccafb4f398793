using Certctl.Core.Domain.Names;

namespace Certctl.UnitTests.Domain.Names;

public class NamePolicyTests
{
    private static readonly NamePolicy Demo = new(["example.com", "localhost"], AllowWildcards: false);

    [Theory]
    [InlineData("example.com")]
    [InlineData("deep.below.example.com")]
    [InlineData("localhost")]
    public void Names_in_the_domains_pass(string name) => Assert.Empty(Demo.Check(Names(name)));

    [Theory]
    [InlineData("example.org", "domains")]
    [InlineData("notexample.com", "domains")]
    [InlineData("*.example.com", "wildcard")]
    [InlineData("10.0.0.1", "IP address")]
    [InlineData("bob@example.com", "e-mail")]
    [InlineData("https://example.com/", "URI")]
    public void Other_names_are_refused_with_the_reason(string name, string reason)
    {
        var error = Assert.Single(Demo.Check(Names("www.example.com", name)));
        Assert.Equal(name, error.Name);
        Assert.Contains(reason, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_empty_list_of_domains_allows_any() =>
        Assert.Empty(new NamePolicy([], AllowIpAddresses: true).Check(Names("*.anything.test", "::1", "x.example")));

    [Fact]
    public void Domains_bind_emails_and_uris_too()
    {
        var policy = new NamePolicy(["example.com"], AllowEmails: true, AllowUris: true);
        Assert.Empty(policy.Check(Names("bob@mail.example.com", "spiffe://example.com/a")));
        Assert.Equal(3, policy.Check(Names("bob@example.org", "https://example.com.evil.test/", "urn:example:example.com")).Count);
    }

    private static IEnumerable<SubjectAltName> Names(params string[] names) =>
        names.Select(text => SubjectAltName.TryParse(text, out var name, out var error) ? name : throw new ArgumentException(error));
}
