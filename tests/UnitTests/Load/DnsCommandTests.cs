using System.Net;
using Certctl.Load.Loopback;
using Certctl.Loopback.Dns;
using DnsClient;

namespace Certctl.UnitTests.Load;

public sealed class DnsCommandTests : IAsyncLifetime
{
    private readonly LoopbackDns dns = new() { Fallback = IPAddress.Loopback };
    private DnsCommand? command;
    private LookupClient? client;

    public ValueTask InitializeAsync()
    {
        command = new DnsCommand(dns);
        client = new LookupClient(new LookupClientOptions(dns.EndPoint) { UseCache = false });
        return ValueTask.CompletedTask;
    }

    public ValueTask DisposeAsync() => dns.DisposeAsync();

    [Fact]
    public async Task Every_name_is_on_loopback_and_has_no_other_records()
    {
        Assert.Equal(IPAddress.Loopback, Assert.Single((await Ask("a.example.test", QueryType.A)).Answers.ARecords()).Address);
        Assert.Empty((await Ask("a.example.test", QueryType.AAAA)).Answers);
        Assert.Empty((await Ask("a.example.test", QueryType.CAA)).Answers);
    }

    [Fact]
    public async Task Texts_of_one_name_are_all_answered_until_they_are_removed()
    {
        command!.Present("_acme-challenge.A.example.test.", "one");
        command.Present("_acme-challenge.a.example.test", "two");
        command.Present("_acme-challenge.b.example.test", "three");
        Assert.Equal(["one", "two"], await Texts("_acme-challenge.a.example.test"));

        command.CleanUp("_acme-challenge.a.example.test", "one");
        Assert.Equal(["two"], await Texts("_ACME-challenge.a.example.test"));
        command.CleanUp("_acme-challenge.a.example.test", "two");
        Assert.Empty(await Texts("_acme-challenge.a.example.test"));
    }

    private async Task<string[]> Texts(string name) =>
        [.. (await Ask(name, QueryType.TXT)).Answers.TxtRecords().SelectMany(t => t.Text).Order()];

    private Task<IDnsQueryResponse> Ask(string name, QueryType type) => client!.QueryAsync(name, type, cancellationToken: TestContext.Current.CancellationToken);
}
