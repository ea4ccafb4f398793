using Certctl.AcmeService.Validation;
using Certctl.AcmeService.Validation.Dns;
using Certctl.Core.Hosting.Settings;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Hosting;

namespace Certctl.UnitTests.AcmeService.Validation.Dns;

public sealed class ResolverAddressTests
{
    [Theory]
    [InlineData("8.8.8.8:53", "8.8.8.8:53")]
    [InlineData("[2001:4860:4860::8888]:53", "[2001:4860:4860::8888]:53")]
    [InlineData("127.0.0.1:65535", "127.0.0.1:65535")]
    public void Address_and_port_are_read(string text, string expected) => Assert.Equal(expected, ResolverAddress.Parse(text).ToString());

    [Fact]
    public void Name_is_looked_up_by_the_system()
    {
        var resolver = ResolverAddress.Parse("localhost:5353");
        Assert.True(System.Net.IPAddress.IsLoopback(resolver.Address));
        Assert.Equal(5353, resolver.Port);
    }

    [Theory]
    [InlineData("8.8.8.8")]
    [InlineData("8.8.8.8:")]
    [InlineData(":53")]
    [InlineData("8.8.8.8:0")]
    [InlineData("8.8.8.8:65536")]
    [InlineData("8.8.8.8:+53")]
    [InlineData("2001:4860:4860::8888")]
    [InlineData("2001:4860:4860::8888:53")]
    [InlineData("https://dns.example:53")]
    [InlineData("not a host:53")]
    public void Anything_else_stops_the_start_by_the_name_of_its_variable(string text)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Configuration.AddInMemoryCollection([KeyValuePair.Create("CERTCTL_ACME_SERVER_DNS01_RESOLVER", (string?)text)]);
        var refused = Assert.Throws<SettingsException>(builder.AddChallengeValidation);
        Assert.StartsWith($"CERTCTL_ACME_SERVER_DNS01_RESOLVER={text} is refused: ", refused.Message, StringComparison.Ordinal);
    }
}
