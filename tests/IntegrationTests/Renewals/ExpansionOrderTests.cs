using Certctl.Core.Domain.Access;
using Certctl.IntegrationTests.BulkRenewals;
using Certctl.RenewalWorker.Bulk;
using Certctl.RenewalWorker.Renewals;
using Microsoft.Extensions.DependencyInjection;

namespace Certctl.IntegrationTests.Renewals;

[Collection(SharedServer.Name)]
public sealed class ExpansionOrderTests(SharedServer server)
{
    [Fact]
    public async Task Bulks_expand_in_the_order_of_acceptance_however_many_expand_them()
    {
        var client = server.Client(Role.Operator);
        var seed = new CertificateSeed("expansion-order", 3_000) { Profile = "prof-burst" };
        await seed.InsertAsync(server.Database);
        var first = await client.StartBulk(seed);
        var second = await client.StartBulk(seed);
        await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => ExpandAsync()));

        var (one, two) = (await client.EndOfBulk(first), await client.EndOfBulk(second));
        Assert.Equal((3_000, 3_000), (one.Number("total_enqueued"), one.Number("total_completed")));
        Assert.Equal((3_000, 0, 3_000), (two.Number("total_matched"), two.Number("total_enqueued"), two.Number("total_skipped")));
    }

    /// <summary>What each replica does on a message.</summary>
    private async Task ExpandAsync()
    {
        var expansion = server.Services.GetRequiredService<BulkExpansion>();
        var dispatch = server.Services.GetRequiredService<RenewalDispatch>();
        while (await expansion.ExpandNextAsync(TestContext.Current.CancellationToken) is { } chunk)
            await dispatch.SendAsync(chunk.Pending, TestContext.Current.CancellationToken);
    }
}
