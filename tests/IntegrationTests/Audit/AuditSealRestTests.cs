using System.Net;
using Certctl.Contracts;
using Certctl.Core.Domain.Access;
using Certctl.IntegrationTests.BulkRenewals;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace Certctl.IntegrationTests.Audit;

[Collection(SharedServer.Name)]
public sealed class AuditSealRestTests(SharedServer server)
{
    private readonly HttpClient admin = server.Client(Role.Admin);

    [Fact]
    public async Task The_job_seals_and_administrators_list_and_verify_the_seals()
    {
        (await admin.Post("teams", new { name = "Audited and sealed" })).Is(HttpStatusCode.Created);
        await using (var scope = server.Services.CreateAsyncScope())
            await scope.ServiceProvider.GetRequiredService<IAuditSealing>().RunAsync(TestContext.Current.CancellationToken);
        var last = (await admin.Read("audit-seals?limit=1")).GetProperty("data")[0];
        Assert.Equal(64, last.Text("seal").Length);
        var verdict = await admin.Read($"audit-seals/verify?known_seal={last.Text("seal")}");
        Assert.True(verdict.GetProperty("intact").GetBoolean(), verdict.ToString());
        Assert.True(verdict.Number("to_sequence") >= last.Number("to_sequence") || verdict.GetProperty("next_from_sequence").ValueKind is not System.Text.Json.JsonValueKind.Null);
        Assert.False((await admin.Read($"audit-seals/verify?known_seal={new string('0', 64)}")).GetProperty("intact").GetBoolean());
    }

    [Theory]
    [InlineData("from_sequence=0", "from_sequence")]
    [InlineData("from_sequence=first", "from_sequence")]
    [InlineData("known_seal=abc", "known_seal")]
    [InlineData("known_seal=zz00000000000000000000000000000000000000000000000000000000000000", "known_seal")]
    public async Task What_cannot_be_read_is_named(string query, string field) => (await admin.Get($"audit-seals/verify?{query}")).Names(field);

    [Theory]
    [InlineData("UPDATE audit_seals SET count = 0")]
    [InlineData("DELETE FROM audit_seals")]
    [InlineData("TRUNCATE audit_seals")]
    public async Task Seals_are_append_only(string sql)
    {
        var refused = await Assert.ThrowsAsync<PostgresException>(() => server.Database.Execute(sql));
        Assert.Contains("audit_seals is append-only", refused.MessageText, StringComparison.Ordinal);
    }
}
