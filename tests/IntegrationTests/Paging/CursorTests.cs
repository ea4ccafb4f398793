using System.Net;
using System.Text.Json;
using Certctl.Core.Domain.Access;
using Certctl.IntegrationTests.BulkRenewals;

namespace Certctl.IntegrationTests.Paging;

[Collection(SharedServer.Name)]
public sealed class CursorTests(SharedServer server)
{
    private readonly HttpClient client = server.Client(Role.Viewer);

    [Theory]
    [InlineData("created_at")]
    [InlineData("-created_at")]
    [InlineData("updated_at")]
    [InlineData("expires_at")]
    [InlineData("-expires_at")]
    [InlineData("name")]
    [InlineData("-name")]
    [InlineData("common_name")]
    [InlineData("status")]
    [InlineData("-status")]
    public async Task Pages_of_certificates_add_up_to_the_whole_in_order(string sort)
    {
        var environment = $"paging{sort.Replace('_', '-')}";
        await SeedAsync(environment);
        var whole = await IdsAsync($"certificates?environment={environment}&sort={sort}&limit=500");
        Assert.Equal(23, whole.Distinct().Count());
        Assert.Equal(whole, await WalkAsync($"certificates?environment={environment}&sort={sort}&limit=4"));
    }

    [Fact]
    public async Task Rows_inserted_meanwhile_neither_repeat_nor_hide_others()
    {
        const string environment = "paging-inserts";
        await new CertificateSeed(environment, 20).InsertAsync(server.Database);
        var seen = await WalkAsync($"certificates?environment={environment}&sort=name&limit=3", async page =>
            // Before, between and after what has been read.
            await new CertificateSeed(environment + page) { Domain = "example.test" }.InsertAsync(server.Database, environment));
        Assert.Equal(seen.Distinct().Count(), seen.Count);
        Assert.Subset(seen.ToHashSet(), Enumerable.Range(1, 20).Select(n => new CertificateSeed(environment).Id(n)).ToHashSet());
    }

    [Theory]
    [InlineData("created_at")]
    [InlineData("-created_at")]
    [InlineData("completed_at")]
    [InlineData("-completed_at")]
    [InlineData("-next_attempt_at")]
    public async Task Pages_of_renewals_add_up_to_the_whole_in_order(string sort)
    {
        var seed = new CertificateSeed($"paging-renewals-{sort.Replace('_', '-')}", 7);
        await seed.InsertAsync(server.Database);
        var bulk = (await server.Client(Role.Operator).RunBulk(seed)).Text("id");
        await server.Database.Execute("""
            INSERT INTO renewals (id, certificate_id, bulk_renewal_id, status, trigger, requested_by, attempts, max_attempts, next_attempt_at, created_at)
            SELECT 'rn-' || $1 || g, $1 || g, $2, 'awaiting_approval', 'api', 'operator', 0, 1, now(), now() FROM generate_series(1, 5) g
            """, seed.Environment, bulk);
        var whole = await IdsAsync($"renewals?bulk_renewal_id={bulk}&sort={sort}");
        Assert.Equal(12, whole.Distinct().Count());
        Assert.Equal(whole, await WalkAsync($"renewals?bulk_renewal_id={bulk}&sort={sort}&limit=2"));
    }

    [Theory]
    [InlineData("audit-events?actor=operator")]
    [InlineData("bulk-renewals?")]
    [InlineData("agents?sort=-registered_at")]
    [InlineData("profiles?sort=-name")]
    [InlineData("renewal-policies?")]
    [InlineData("owners?")]
    [InlineData("teams?")]
    [InlineData("issuers?")]
    public async Task Every_list_pages_without_a_gap_or_a_repeat(string path)
    {
        // Whatever ran before, each list has something of its own.
        for (var i = 0; i < 4; i++)
        {
            (await server.Client(Role.Operator).Post("agents", new { name = $"paging {path} {i}" })).Is(HttpStatusCode.Created);
            await server.Client(Role.Operator).StartBulk(new { environment = "paging-nothing" });
        }

        var (first, all) = (await IdsAsync($"{path}&limit=500"), await WalkAsync($"{path}&limit=3", maxPages: 20));
        Assert.NotEmpty(all);
        Assert.Equal(first.Take(60), all);
    }

    private async Task SeedAsync(string environment)
    {
        await new CertificateSeed(environment, 23).InsertAsync(server.Database);
        // Ties and nulls are what cursors get wrong.
        await server.Database.Execute("""
            UPDATE managed_certificates SET
                expires_at = CASE WHEN right(id, 1) IN ('3', '7') THEN NULL ELSE date_trunc('day', expires_at) + right(id, 1)::int / 3 * interval '1 day' END,
                status = CASE right(id, 1)::int % 3 WHEN 0 THEN 'Active' WHEN 1 THEN 'Failed' ELSE 'Archived' END
            WHERE environment = $1
            """, environment);
    }

    private async Task<List<string>> IdsAsync(string path) =>
        [.. (await client.Read(path)).GetProperty("data").EnumerateArray().Select(IdOf)];

    private async Task<List<string>> WalkAsync(string path, Func<int, Task>? between = null, int maxPages = 250)
    {
        var ids = new List<string>();
        string? cursor = null;
        for (var page = 1; page <= maxPages; page++)
        {
            var answer = await client.Read(cursor is null ? path : $"{path}&cursor={Uri.EscapeDataString(cursor)}");
            ids.AddRange(answer.GetProperty("data").EnumerateArray().Select(IdOf));
            cursor = answer.GetProperty("next_cursor").GetString();
            if (cursor is null) break;
            if (between is not null) await between(page);
        }

        return ids;
    }

    private static string IdOf(JsonElement row) => row.GetProperty("id").ToString();
}
