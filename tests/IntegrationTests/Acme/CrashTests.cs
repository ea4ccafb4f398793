using System.Security.Cryptography;
using Certctl.IntegrationTests.BulkRenewals;
using Certctl.Loopback.Http;
using Certctl.Rfc8555;

namespace Certctl.IntegrationTests.Acme;

/// <summary>The process dies in the middle of a validation and of an issuance, and its successor ends what it had begun.</summary>
public sealed class CrashTests
{
    [Fact]
    public async Task Killed_while_it_validates_and_while_it_issues_every_order_ends_and_none_twice()
    {
        await using var product = await ProductProcess.CreateAsync();
        await product.StartAsync();
        var client = await product.AccountAsync("prof-burst-challenge");
        var trusting = await product.AccountAsync("prof-burst");

        // Validation hangs in http-01 when the process is killed.
        var order = await client.Order("killed.example.net");
        var challenge = (await client.GetAuthorizationAsync(order.Members("authorizations")[0])).Json.GetProperty("challenges").EnumerateArray().Single(c => c.Text("type") == "http-01");
        var token = challenge.Text("token");
        var asked = new TaskCompletionSource();
        product.Http.Received = _ => asked.TrySetResult();
        product.Http.Answer("/.well-known/acme-challenge/" + token, LoopbackAnswer.Silence);
        (await client.RespondChallengeAsync(challenge.Text("url"))).Ensured();
        await asked.Task.WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken);

        // And twenty finalizes are under way.
        var orders = await Task.WhenAll(Enumerable.Range(0, 20).Select(i => trusting.Order($"killed-{i}.example.test")));
        var finalizes = orders.Select((o, i) => Swallowed(trusting.FinalizeAsync(o.Member("finalize")!, AcmeCsr.Create(ECDsa.Create(ECCurve.NamedCurves.nistP256), $"killed-{i}.example.test")))).ToList();
        await finalizes[0];
        product.Kill();
        await Task.WhenAll(finalizes);

        product.Http.Present(token, client.Key.KeyAuthorization(token));
        await product.StartAsync();
        await Eventually.Becomes(() => client.GetOrderAsync(order.Location!), o => o.Member("status") is "ready" or "invalid", "the validation ends", TimeSpan.FromSeconds(90));
        foreach (var accepted in orders)
            await Eventually.Becomes(() => trusting.GetOrderAsync(accepted.Location!), o => o.Member("status") is "valid" or "invalid" or "ready", "the order is not stuck", TimeSpan.FromSeconds(60));
        Assert.Equal(0L, await product.Database.Value<long>("SELECT count(*) FROM acme_orders WHERE status = 'processing'"));
        Assert.Equal(0L, await product.Database.Value<long>(
            "SELECT count(*) FROM (SELECT r.acme_order_id FROM renewals r JOIN certificate_versions v ON v.renewal_id = r.id GROUP BY 1 HAVING count(*) > 1) AS twice"));
        Assert.Equal(
            await product.Database.Value<long>("SELECT count(*) FROM acme_orders WHERE status = 'valid'"),
            await product.Database.Value<long>("SELECT count(*) FROM certificate_versions v JOIN renewals r ON r.id = v.renewal_id WHERE r.acme_order_id IS NOT NULL"));
    }

    private static async Task Swallowed(Task<AcmeResponse> finalize)
    {
        try
        {
            await finalize;
        }
        catch (HttpRequestException)
        {
            // The process was killed under it.
        }
    }
}
