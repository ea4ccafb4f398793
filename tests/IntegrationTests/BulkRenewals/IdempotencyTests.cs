using System.Net;
using Certctl.Core.Domain.Access;

namespace Certctl.IntegrationTests.BulkRenewals;

[Collection(SharedServer.Name)]
public sealed class IdempotencyTests(SharedServer server)
{
    private readonly HttpClient client = server.Client(Role.Operator);

    [Fact]
    public async Task The_same_key_with_the_same_request_gives_the_first_answer_again()
    {
        await new CertificateSeed("idempotent").InsertAsync(server.Database);
        var header = ("Idempotency-Key", "tests-same-request");
        var answers = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ =>
            client.Post("certificates/bulk-renew", new { environment = "idempotent" }, header)));
        Assert.All(answers, a => a.Is(HttpStatusCode.Accepted));
        Assert.Single(answers.Select(a => a.Body).Distinct());
        Assert.Single(answers.Select(a => a.Location).Distinct());
        Assert.Equal(1, await server.Database.Value<long>("SELECT count(*) FROM bulk_renewals WHERE criteria->>'environment' = 'idempotent'"));
    }

    [Fact]
    public async Task The_same_key_with_another_body_is_refused()
    {
        await new CertificateSeed("idempotent-other").InsertAsync(server.Database);
        var header = ("Idempotency-Key", "tests-other-request");
        (await client.Post("certificates/bulk-renew", new { environment = "idempotent-other" }, header)).Is(HttpStatusCode.Accepted);
        (await client.Post("certificates/bulk-renew", new { environment = "idempotent-other", force = true }, header)).IsProblem(HttpStatusCode.UnprocessableEntity);
    }

    [Fact]
    public async Task Keys_are_the_callers_own()
    {
        await new CertificateSeed("idempotent-actors").InsertAsync(server.Database);
        var header = ("Idempotency-Key", "tests-two-actors");
        var mine = (await client.Post("certificates/bulk-renew", new { environment = "idempotent-actors" }, header)).Is(HttpStatusCode.Accepted);
        var theirs = (await server.OtherOperator().Post("certificates/bulk-renew", new { environment = "idempotent-actors" }, header)).Is(HttpStatusCode.Accepted);
        Assert.NotEqual(mine.Json.Text("id"), theirs.Json.Text("id"));
    }
}
