using Certctl.AcmeService.Endpoints;

namespace Certctl.UnitTests.AcmeService.Endpoints;

public sealed class AcmeUrlsTests
{
    private static readonly AcmeUrls Urls = new("https://acme.example.test/acme/profile/p");

    [Fact]
    public void The_url_of_an_account_names_it() => Assert.Equal("acme-acc-1", Urls.AccountIdOf(Urls.Account("acme-acc-1")));

    [Theory]
    [InlineData("https://acme.example.test/acme/profile/q/account/acme-acc-1")]
    [InlineData("https://acme.example.test/acme/profile/p/account/")]
    [InlineData("https://acme.example.test/acme/profile/p/account/acme-acc-1/orders")]
    [InlineData("https://acme.example.test/acme/profile/p/account/\0")]
    [InlineData("https://acme.example.test/acme/profile/p/account/acme-acc-1\n")]
    [InlineData("https://acme.example.test/acme/profile/p/account/ü")]
    public void Anything_else_names_none(string kid) => Assert.Null(Urls.AccountIdOf(kid));

    [Fact]
    public void An_id_is_no_longer_than_any_that_is_made() => Assert.Null(Urls.AccountIdOf(Urls.Account(new string('a', 129))));
}
