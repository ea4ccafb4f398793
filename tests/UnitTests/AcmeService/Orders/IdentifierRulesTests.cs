using Certctl.AcmeService.Orders;
using Certctl.AcmeService.Protocol;
using Certctl.Core.Domain.Profiles;

namespace Certctl.UnitTests.AcmeService.Orders;

public sealed class IdentifierRulesTests
{
    private static readonly string[] TeamDomains = ["team.example.test"];
    private static readonly Identifier Address = new(Identifier.Ip, "10.0.0.1");

    [Fact]
    public void An_external_account_that_is_held_to_its_domains_gets_no_address()
    {
        var (_, problem) = IdentifierRules.Check([Address], Profile(), TeamDomains);
        Assert.Equal("rejectedIdentifier", problem?.Type);
        Assert.Equal(Address, Assert.Single(problem!.Subproblems).Identifier);
    }

    [Fact]
    public void An_account_that_is_not_gets_what_the_profile_allows() =>
        Assert.Equal("10.0.0.1", Assert.Single(IdentifierRules.Check([Address], Profile(), []).Names).Value);

    private static CertificateProfile Profile() => new() { Id = "p", Name = "p", IssuerId = "i", AllowIpAddresses = true };
}
