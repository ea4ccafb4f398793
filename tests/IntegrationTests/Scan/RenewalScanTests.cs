using System.Net;
using Certctl.Contracts;
using Certctl.Core.Domain.Access;
using Certctl.IntegrationTests.BulkRenewals;
using Microsoft.Extensions.DependencyInjection;

namespace Certctl.IntegrationTests.Scan;

[Collection(SharedServer.Name)]
public sealed class RenewalScanTests(SharedServer server)
{
    [Fact]
    public async Task The_scan_takes_what_is_due_and_leaves_the_rest()
    {
        var due = new CertificateSeed("scan-due", 3) { Policy = "rp-standard", ExpiresIn = TimeSpan.FromDays(29) };
        var expired = new CertificateSeed("scan-expired", 2) { Policy = "rp-standard", Status = "Expired", ExpiresIn = TimeSpan.FromDays(-1) };
        CertificateSeed[] left =
        [
            new("scan-early", 2) { Policy = "rp-standard", ExpiresIn = TimeSpan.FromDays(31) },
            new("scan-manual", 2) { ExpiresIn = TimeSpan.FromDays(1) },
            new("scan-acme", 2) { Policy = "rp-standard", Source = "ACME" },
            new("scan-revoked", 2) { Policy = "rp-standard", Status = "Revoked" },
            new("scan-archived", 2) { Policy = "rp-standard", Status = "Archived" },
        ];
        foreach (var seed in left.Append(due).Append(expired)) await seed.InsertAsync(server.Database);

        await ScanAsync();
        await Eventually.Becomes(() => RenewalsAsync("status = 'completed' AND trigger = 'scan'", due, expired), n => n == 5, "all that is due is renewed");
        Assert.Equal(0, await RenewalsAsync("true", left));

        await ScanAsync();
        Assert.Equal(5, await RenewalsAsync("true", due, expired));
    }

    [Fact]
    public async Task A_short_lived_certificate_is_due_in_the_last_third_of_its_life()
    {
        var fresh = new CertificateSeed("scan-short-fresh") { Policy = "rp-standard", ExpiresIn = TimeSpan.FromHours(20) };
        var old = new CertificateSeed("scan-short-old") { Policy = "rp-standard", ExpiresIn = TimeSpan.FromHours(7) };
        await fresh.InsertAsync(server.Database);
        await old.InsertAsync(server.Database);
        // Of 24 hours, 4 and 17 have passed.
        await server.Database.Execute("UPDATE managed_certificates SET last_renewal_at = expires_at - interval '24 hours' WHERE environment LIKE 'scan-short-%'");
        await ScanAsync();
        Assert.Equal((0, 1), (await RenewalsAsync("true", fresh), await RenewalsAsync("true", old)));
    }

    [Fact]
    public async Task The_scan_bypasses_neither_approval_nor_the_agent()
    {
        var profile = (await server.Client(Role.Admin).Post("profiles", new { name = "To be scanned", issuer_id = "iss-local", requires_approval = true }))
            .Is(HttpStatusCode.Created).Json.Text("id");
        var approval = new CertificateSeed("scan-approval", 2) { Policy = "rp-standard", Profile = profile };
        var agent = new CertificateSeed("scan-agent", 2) { Policy = "rp-standard", KeyMode = "agent" };
        await approval.InsertAsync(server.Database);
        await agent.InsertAsync(server.Database);
        await ScanAsync();
        Assert.Equal((2, 2), (await RenewalsAsync("status = 'awaiting_approval'", approval), await RenewalsAsync("status = 'awaiting_csr'", agent)));
    }

    [Fact]
    public async Task Two_scans_at_once_enqueue_once()
    {
        var seed = new CertificateSeed("scan-race", 200) { Policy = "rp-standard", Profile = "prof-burst" };
        await seed.InsertAsync(server.Database);
        await Task.WhenAll(ScanAsync(), ScanAsync(), ScanAsync());
        Assert.Equal(200, await RenewalsAsync("true", seed));
    }

    private async Task ScanAsync()
    {
        await using var scope = server.Services.CreateAsyncScope();
        await scope.ServiceProvider.GetRequiredService<IRenewalScan>().RunAsync(TestContext.Current.CancellationToken);
    }

    private Task<long> RenewalsAsync(string condition, params CertificateSeed[] seeds) => server.Database.Value<long>($"""
        SELECT count(*) FROM renewals r JOIN managed_certificates c ON c.id = r.certificate_id WHERE c.environment = ANY($1) AND ({condition.Replace("status", "r.status")})
        """, (object)seeds.Select(s => s.Environment).ToArray());
}
