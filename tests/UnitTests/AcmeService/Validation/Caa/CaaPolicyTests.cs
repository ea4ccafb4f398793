using Certctl.AcmeService.Validation.Caa;

namespace Certctl.UnitTests.AcmeService.Validation.Caa;

public sealed class CaaPolicyTests
{
    private const string Account = "https://acme.example.test/acme/account/1";

    [Theory]
    [InlineData("0 issue ca.example")]
    [InlineData("128 issue ca.example")]
    [InlineData("0 ISSUE CA.Example")]
    [InlineData("0 issue second.ca.example")]
    [InlineData("0 issue \t ca.example \t ;")]
    [InlineData("0 issue other.example|0 issue ca.example")]
    [InlineData("0 issue ;|0 issue ca.example")]
    [InlineData("0 issue %%%|0 issue ca.example")]
    [InlineData("0 issue ca.example; policy=ev; x=")]
    [InlineData("0 issue ca.example; accounturi=" + Account)]
    [InlineData("0 issue ca.example; AccountURI = " + Account + " ; validationmethods=dns-01,http-01")]
    [InlineData("0 issue ca.example; accounturi=https://other/2|0 issue ca.example; accounturi=" + Account)]
    [InlineData("0 iodef mailto:security@example.test")]
    [InlineData("128 iodef mailto:security@example.test")]
    [InlineData("0 unknown whatever")]
    [InlineData("0 issuemail ;")]
    [InlineData("0 issuewild ;")]
    [InlineData("0 issue ca.example|0 issuewild ;")]
    public void Records_allow(string records) => Assert.Null(Refusal(records));

    [Theory]
    [InlineData("0 issue other.example", "name no issue property for ca.example or second.ca.example")]
    [InlineData("0 issue ;", "name no issue")]
    [InlineData("0 issue ", "name no issue")]
    [InlineData("0 issue %%%", "name no issue")]
    [InlineData("0 issue ca.example policy=ev", "name no issue")]
    [InlineData("0 issue ca.example; policy", "name no issue")]
    [InlineData("0 issue ca.example; policy=ev;", "name no issue")]
    [InlineData("0 issue .ca.example", "name no issue")]
    [InlineData("0 issue ca.example.", "name no issue")]
    [InlineData("0 issue sub.ca.example", "name no issue")]
    [InlineData("0 issue \"ca.example\"", "name no issue")]
    [InlineData("0 issue ca.example; accounturi=https://other/2", "not this account")]
    [InlineData("0 issue ca.example; accounturi=", "not this account")]
    [InlineData("0 issue ca.example; accounturi=" + Account + "; accounturi=" + Account, "not this account")]
    [InlineData("0 issue ca.example; validationmethods=dns-01", "not validation by http-01")]
    [InlineData("0 issue ca.example; validationmethods=", "not validation by http-01")]
    [InlineData("0 issue ca.example; validationmethods=http-01; validationmethods=http-01", "not validation by http-01")]
    [InlineData("128 unknown whatever", "critical property")]
    [InlineData("128 unknown whatever|0 issue ca.example", "critical property")]
    [InlineData("255 tbs x|0 issue ca.example", "critical property")]
    public void Records_forbid(string records, string reason) => Assert.Contains(reason, Refusal(records), StringComparison.Ordinal);

    [Theory]
    [InlineData("0 issue ca.example", true)]
    [InlineData("0 issue other.example|0 issuewild ca.example", true)]
    [InlineData("0 issue ca.example|0 issuewild other.example", false)]
    [InlineData("0 issue ca.example|0 ISSUEWILD ;", false)]
    [InlineData("0 issue other.example", false)]
    [InlineData("0 issuewild %%%", false)]
    public void Wildcard_asks_for_issuewild_and_falls_back_on_issue(string records, bool allowed) =>
        Assert.Equal(allowed, Refusal(records, wildcard: true) is null);

    private static string? Refusal(string records, bool wildcard = false) => CaaPolicy.Refusal(
        [.. records.Split('|').Select(r => r.Split(' ', 3)).Select(r => new CaaProperty(byte.Parse(r[0], null), r[1], r[2]))],
        new CaaQuestion(["ca.example", "second.ca.example"], wildcard, Account, "http-01"));
}
