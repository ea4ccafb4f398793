using Certctl.Core.Domain.Names;

namespace Certctl.UnitTests.Domain.Names;

public class CertificateNamesTests
{
    [Fact]
    public void The_common_name_comes_first_and_duplicates_once()
    {
        Assert.True(CertificateNames.TryParse("B.example.com", ["a.example.com", "b.EXAMPLE.com", "A.example.com", "10.0.0.1"], out var names, out _));
        Assert.Equal("b.example.com", names.CommonName);
        Assert.Equal(["b.example.com", "a.example.com", "10.0.0.1"], names.All.Select(n => n.Value));
    }

    [Fact]
    public void A_common_name_longer_than_64_characters_stays_an_alternative_name_only()
    {
        var name = new string('a', 60) + ".example.com";
        Assert.True(CertificateNames.TryParse(name, [], out var names, out _));
        Assert.Null(names.CommonName);
        Assert.Equal(name, Assert.Single(names.All).Value);
    }

    [Fact]
    public void All_bad_names_are_reported()
    {
        Assert.False(CertificateNames.TryParse("bad_name", ["good.example.com", "*"], out _, out var errors));
        Assert.Equal(["bad_name", "*"], errors.Select(e => e.Name));
    }

    [Fact]
    public void None_and_more_than_a_hundred_are_refused()
    {
        Assert.False(CertificateNames.TryParse(null, [], out _, out _));
        Assert.True(CertificateNames.TryParse("", Enumerable.Range(0, 100).Select(i => $"n{i}.example.com"), out _, out _));
        Assert.False(CertificateNames.TryParse("", Enumerable.Range(0, 2_000_000).Select(i => $"n{i}.example.com"), out _, out var errors));
        Assert.Single(errors);
    }
}
