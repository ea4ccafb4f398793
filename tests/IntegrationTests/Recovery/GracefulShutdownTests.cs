using Certctl.Core.Domain.Access;
using Certctl.IntegrationTests.BulkRenewals;

namespace Certctl.IntegrationTests.Recovery;

/// <summary>SIGTERM, as every deployment sends it, while everything is busy.</summary>
public sealed class GracefulShutdownTests
{
    private const int Certificates = 3_000;
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(15);
    private static readonly string[] Services = ["Api", "AcmeService", "RenewalWorker", "HeartbeatIngest"];
    private static readonly string[] Ports = ["CERTCTL_SERVER_PORT", "CERTCTL_ACME_PORT", "CERTCTL_RENEWAL_PORT", "CERTCTL_HEARTBEAT_PORT"];

    [Fact]
    public async Task Terminated_under_load_each_process_ends_in_time_and_nothing_accepted_is_lost()
    {
        await using var fleet = await ProductFleet.CreateAsync();
        var running = Services.Select(service => fleet.Start(service)).ToList();
        foreach (var port in Ports) await fleet.ReadyAsync(port);
        var bulk = new CertificateSeed("shutdown-bulk", Certificates);
        var single = new CertificateSeed("shutdown-single", Certificates);
        await bulk.InsertAsync(fleet.Database);
        await single.InsertAsync(fleet.Database);

        await using var load = await ShutdownLoad.StartAsync(fleet, single);
        var bulkId = await fleet.Client(Role.Operator).StartBulk(bulk);
        // One who watches must not hold the process up.
        var watching = ShutdownLoad.Swallowed(() => fleet.Client(Role.Operator).EventsOf(bulkId, TimeSpan.FromMinutes(1)));
        await Eventually.Holds(() => Task.FromResult(load.IsUnderWay), "the load is under way");
        foreach (var process in running)
        {
            var (exitCode, took) = await process.TerminateAsync(TimeSpan.FromSeconds(40));
            Assert.True(exitCode == 0 && took < Longest, $"{process.Name} ended after {took} with {exitCode}: {process.Output}");
            fleet.Start(process.Name);
        }

        foreach (var port in Ports) await fleet.ReadyAsync(port);
        await load.DisposeAsync();
        await watching;
        await load.NothingIsLostAsync();
        var ended = await fleet.Client(Role.Operator).EndOfBulk(bulkId, TimeSpan.FromSeconds(60));
        Assert.Equal((Certificates, Certificates, 0), (ended.Number("total_enqueued"), ended.Number("total_completed"), ended.Number("total_failed")));
        Assert.Equal(0L, await fleet.Database.Value<long>("SELECT count(*) FROM managed_certificates WHERE status = 'RenewalInProgress'"));
        Assert.Equal(0L, await fleet.Database.Value<long>("SELECT count(*) FROM (SELECT renewal_id FROM certificate_versions WHERE renewal_id IS NOT NULL GROUP BY 1 HAVING count(*) > 1) AS twice"));
        Assert.Equal(0L, await fleet.Database.Value<long>("SELECT count(*) - count(DISTINCT serial_number) FROM certificate_versions"));
    }
}
