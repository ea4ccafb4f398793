using System.Net;
using Certctl.Core.Domain.Access;

namespace Certctl.IntegrationTests.BulkRenewals;

[Collection(SharedServer.Name)]
public sealed class ApprovalTests(SharedServer server)
{
    private readonly HttpClient requester = server.Client(Role.Operator);
    private readonly HttpClient approver = server.OtherOperator();

    [Fact]
    public async Task A_bulk_waits_for_approval_by_another_actor_than_its_requester()
    {
        var seed = new CertificateSeed("approval", 2) { Profile = await ProfileWithFourEyesAsync("Four eyes") };
        await seed.InsertAsync(server.Database);
        var id = await requester.StartBulk(seed);
        var renewals = await Eventually.Becomes(() => requester.RenewalsOf(id), r => r.Count == 2, "the bulk is expanded");
        Assert.All(renewals, r => Assert.Equal("awaiting_approval", r.Text("status")));

        var (first, second) = (renewals[0].Text("id"), renewals[1].Text("id"));
        (await requester.Post($"renewals/{first}/approve")).IsProblem(HttpStatusCode.Forbidden);
        (await requester.Post($"renewals/{first}/reject")).IsProblem(HttpStatusCode.Forbidden);
        (await approver.Post($"renewals/{first}/approve")).Is(HttpStatusCode.Accepted);
        (await approver.Post($"renewals/{second}/reject")).Is(HttpStatusCode.OK);

        var bulk = await requester.EndOfBulk(id);
        Assert.Equal((1, 1), (bulk.Number("total_completed"), bulk.Number("total_cancelled")));
        Assert.Equal("other-operator", (await requester.Read($"renewals/{first}")).Text("decided_by"));
        Assert.Equal([first], await server.Database.Column<string>(
            "SELECT renewal_id FROM certificate_versions v JOIN managed_certificates c ON c.id = v.certificate_id WHERE c.environment = $1", seed.Environment));
        (await approver.Post($"renewals/{first}/approve")).IsProblem(HttpStatusCode.Conflict);
    }

    [Fact]
    public async Task A_single_renewal_waits_too()
    {
        var seed = new CertificateSeed("approval-single") { Profile = await ProfileWithFourEyesAsync("Four eyes of one") };
        await seed.InsertAsync(server.Database);
        var accepted = (await requester.Post($"certificates/{seed.Id(1)}/renew")).Is(HttpStatusCode.Accepted);
        Assert.Equal("awaiting_approval", accepted.Json.Text("status"));
        (await approver.Post($"renewals/{accepted.Json.Text("id")}/approve")).Is(HttpStatusCode.Accepted);
        await requester.RenewalBecomes(accepted.Json.Text("id"), "completed");
    }

    [Fact]
    public async Task What_nobody_approves_in_time_fails_and_a_retry_waits_for_its_full_time_again()
    {
        var seed = new CertificateSeed("approval-late") { Profile = await ProfileWithFourEyesAsync("Four eyes too late") };
        await seed.InsertAsync(server.Database);
        var renewal = (await requester.Post($"certificates/{seed.Id(1)}/renew")).Is(HttpStatusCode.Accepted).Json.Text("id");
        await server.Database.Execute("""
            UPDATE renewals SET created_at = created_at - interval '169 hours', next_attempt_at = next_attempt_at - interval '169 hours' WHERE id = $1
            """, renewal);
        await requester.RenewalBecomes(renewal, "failed");
        Assert.Equal("Active", (await requester.Read($"certificates/{seed.Id(1)}")).Text("status"));

        (await requester.Post($"renewals/{renewal}/retry")).Is(HttpStatusCode.Accepted);
        // Whatever the sweep would do to it, it has done once it has failed another one.
        var other = new CertificateSeed("approval-late-other") { Profile = seed.Profile };
        await other.InsertAsync(server.Database);
        var marker = (await requester.Post($"certificates/{other.Id(1)}/renew")).Is(HttpStatusCode.Accepted).Json.Text("id");
        await server.Database.Execute("""
            UPDATE renewals SET created_at = created_at - interval '169 hours', next_attempt_at = next_attempt_at - interval '169 hours' WHERE id = $1
            """, marker);
        await requester.RenewalBecomes(marker, "failed");
        Assert.Equal("awaiting_approval", (await requester.Read($"renewals/{renewal}")).Text("status"));
    }

    private async Task<string> ProfileWithFourEyesAsync(string name) =>
        (await server.Client(Role.Admin).Post("profiles", new { name, issuer_id = "iss-local", requires_approval = true }))
            .Is(HttpStatusCode.Created).Json.Text("id");
}
