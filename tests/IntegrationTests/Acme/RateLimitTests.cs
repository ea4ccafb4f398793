using System.Net;
using Certctl.Rfc8555;

namespace Certctl.IntegrationTests.Acme;

/// <summary>Limits as clients meet them.</summary>
[Collection(RateLimitFleet.Name)]
public sealed class RateLimitTests(RateLimitFleet fleet)
{
    private const string RateLimited = "urn:ietf:params:acme:error:rateLimited";

    [Fact]
    public async Task Two_replicas_hold_one_limit_of_100_orders_an_hour_and_a_restart_changes_nothing()
    {
        var first = await fleet.Account("prof-test", """{"concurrent_orders":0}""");
        var second = fleet.At(1, first, "prof-test");
        var answers = await Task.WhenAll(Enumerable.Range(0, 130).Select(i => (i % 2 == 0 ? first : second).NewOrderAsync([$"n{i}.example.test"])));
        Assert.Equal(100, answers.Count(a => a.Status == HttpStatusCode.Created));
        Assert.All(answers.Where(a => a.Status != HttpStatusCode.Created), a => IsLimited(a, 1, 36));
        Assert.Equal(100, await fleet.Database.Value<long>("SELECT count(*) FROM acme_orders WHERE account_id = $1", Flows.IdOf(first.AccountUrl!)));
        await Task.WhenAll(fleet.RestartAsync(0), fleet.RestartAsync(1));
        foreach (var replica in (int[])[0, 1]) IsLimited(await fleet.At(replica, first, "prof-test").NewOrderAsync(["after.example.test"]), 1, 36);
    }

    [Fact]
    public async Task Of_200_orders_at_once_on_two_replicas_5_may_be_open_and_the_others_cost_nothing()
    {
        var first = await fleet.Account("prof-test");
        var second = fleet.At(1, first, "prof-test");
        var answers = await Task.WhenAll(Enumerable.Range(0, 200).Select(i => (i % 2 == 0 ? first : second).NewOrderAsync([$"c{i}.example.test"])));
        var created = answers.Where(a => a.Status == HttpStatusCode.Created).ToList();
        Assert.Equal(5, created.Count);
        Assert.All(answers.Except(created), a => IsLimited(a, 60, 60));
        // Five tokens of 36 s are gone, and not 200.
        var account = Flows.IdOf(first.AccountUrl!);
        var spent = await fleet.Database.Value<TimeSpan>("SELECT full_at - clock_timestamp() FROM acme_rate_limits WHERE key = 'new-order:' || $1", account);
        Assert.InRange(spent, TimeSpan.FromSeconds(4 * 36), TimeSpan.FromSeconds(5 * 36));
        Assert.Equal(5, await fleet.Database.Value<long>("SELECT count(*) FROM acme_authorizations WHERE account_id = $1", account));

        // One that ends makes room for another.
        (await first.FinalizeAsync(created[0].Member("finalize")!, Csr(created[0]))).Ensured();
        Assert.Equal(HttpStatusCode.Created, (await second.NewOrderAsync(["c-more.example.test"])).Status);
        IsLimited(await first.NewOrderAsync(["c-too-many.example.test"]), 60, 60);
        // No longer than until the first of them expires.
        await fleet.Database.Execute("UPDATE acme_orders SET expires_at = now() + interval '20 s' WHERE order_id = $1", Flows.IdOf(created[1].Location!));
        IsLimited(await first.NewOrderAsync(["c-too-many.example.test"]), 10, 20);
    }

    [Fact]
    public async Task The_help_link_says_what_the_limits_are()
    {
        var client = await fleet.Account("prof-test", """{"orders_per_hour":1}""");
        (await client.NewOrderAsync(["h1.example.test"])).Ensured();
        var refused = await client.NewOrderAsync(["h2.example.test"]);
        IsLimited(refused, 3500, 3600);
        var help = await client.GetAsync(refused.Links("help").Single());
        Assert.Equal((HttpStatusCode.OK, "text/plain"), (help.Status, help.ContentType));
        Assert.Contains("New orders of an account          100 an hour", help.Text, StringComparison.Ordinal);
        Assert.Contains("5 that are pending", help.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Zero_is_no_limit_and_a_profile_without_limits_keeps_no_bucket()
    {
        foreach (var client in (AcmeClient[])[await fleet.Account("prof-test", """{"orders_per_hour":0,"concurrent_orders":0}"""), await fleet.Account("prof-burst")])
        {
            for (var i = 0; i < 8; i++) (await client.NewOrderAsync([$"z{i}.example.test"])).Ensured();
            Assert.Equal(0, await fleet.Database.Value<long>(
                "SELECT count(*) FROM acme_rate_limits WHERE key LIKE '%' || $1", Flows.IdOf(client.AccountUrl!)));
        }
    }

    [Fact]
    public async Task An_accounts_limit_binds_at_once_also_at_a_profile_without_limits()
    {
        var client = await fleet.Account("prof-burst");
        for (var i = 0; i < 3; i++) (await client.NewOrderAsync([$"b{i}.example.test"])).Ensured();
        await fleet.Database.Execute("UPDATE acme_accounts SET limits = '{\"concurrent_orders\":3}' WHERE account_id = $1", Flows.IdOf(client.AccountUrl!));
        IsLimited(await client.NewOrderAsync(["b4.example.test"]), 60, 60);
    }

    [Fact]
    public async Task An_account_changes_its_key_five_times_an_hour()
    {
        var client = await fleet.Account("prof-test");
        for (var i = 0; i < 5; i++) (await client.KeyChangeAsync(AcmeAccountKey.Es256())).Ensured();
        IsLimited(await client.KeyChangeAsync(AcmeAccountKey.Es256()), 700, 720);
    }

    [Fact]
    public async Task A_name_authorized_beforehand_counts_as_an_order()
    {
        var client = await fleet.Account("prof-challenge", """{"orders_per_hour":2}""");
        var url = (await client.GetDirectoryAsync()).NewAuthz!;
        (await client.PostAsync(url, """{"identifier":{"type":"dns","value":"a1.example.org"}}""")).Ensured();
        (await client.NewOrderAsync(["a2.example.org"])).Ensured();
        IsLimited(await client.PostAsync(url, """{"identifier":{"type":"dns","value":"a3.example.org"}}"""), 1700, 1800);
        IsLimited(await client.NewOrderAsync(["a4.example.org"]), 1700, 1800);
    }

    [Fact]
    public async Task Responses_to_a_challenge_are_limited_and_reads_of_it_are_not()
    {
        var client = await fleet.Account("prof-challenge", """{"challenge_responds_per_hour":2}""");
        var order = (await client.NewOrderAsync(["r.example.org"])).Ensured();
        var authorization = (await client.GetAuthorizationAsync(order.Members("authorizations")[0])).Ensured();
        var challenges = authorization.Json.GetProperty("challenges").EnumerateArray().Select(c => c.GetProperty("url").GetString()!).ToList();
        for (var i = 0; i < 2; i++) (await client.RespondChallengeAsync(challenges[0])).Ensured();
        IsLimited(await client.RespondChallengeAsync(challenges[0]), 1790, 1800);
        (await client.PostAsync(challenges[0], null)).Ensured();
    }

    [Fact]
    public async Task A_renewal_in_its_window_is_never_held_up()
    {
        var client = await fleet.Account("prof-test", """{"orders_per_hour":1}""");
        var order = (await client.NewOrderAsync(["w.example.test"])).Ensured();
        (await client.FinalizeAsync(order.Member("finalize")!, Csr(order))).Ensured();
        IsLimited(await client.NewOrderAsync(["w.example.test"]), 3500, 3600);
        var done = (await client.GetOrderAsync(order.Location!)).Ensured();
        var chain = (await client.DownloadCertificateAsync(done.Member("certificate")!)).Ensured();
        using var certificate = System.Security.Cryptography.X509Certificates.X509Certificate2.CreateFromPem(chain.Text);
        await fleet.Database.Execute(
            "UPDATE managed_certificates SET replacement_announced_at = now() WHERE acme_account_id = $1", Flows.IdOf(client.AccountUrl!));
        (await client.NewOrderAsync(["w.example.test"], replaces: CertificateId.Of(certificate))).Ensured();
    }

    internal static void IsLimited(AcmeResponse answer, int atLeast, int atMost)
    {
        Assert.Equal((HttpStatusCode.TooManyRequests, RateLimited), (answer.Status, answer.ProblemType));
        Assert.Equal("no-store", answer.Header("Cache-Control"));
        Assert.NotNull(answer.Nonce);
        Assert.Single(answer.Links("help"));
        Assert.InRange(answer.RetryAfter!.Value.TotalSeconds, atLeast, atMost);
    }

    internal static byte[] Csr(AcmeResponse order)
    {
        using var key = System.Security.Cryptography.ECDsa.Create(System.Security.Cryptography.ECCurve.NamedCurves.nistP256);
        return AcmeCsr.Create(key, [.. order.Json.GetProperty("identifiers").EnumerateArray().Select(i => i.GetProperty("value").GetString()!)]);
    }
}
