using System.Net;
using Certctl.Rfc8555;

namespace Certctl.IntegrationTests.Acme;

/// <summary>Nonces over two replicas: anybody issues, nobody writes, one redeems.</summary>
[Collection(RateLimitFleet.Name)]
public sealed class NonceReplicaTests(RateLimitFleet fleet)
{
    [Fact]
    public async Task A_nonce_that_one_replica_redeemed_fails_at_the_other_also_after_a_restart()
    {
        var first = await fleet.Account("prof-burst");
        var second = fleet.At(1, first, "prof-burst");
        var nonce = await second.NewNonceAsync(); // Issued at one, redeemed at the other.
        (await first.NewOrderAsync(["n.example.test"], departing: new AcmeRequest { Nonce = nonce })).Ensured();
        await IsReplayAsync(second, nonce);
        await IsReplayAsync(first, nonce);
        await fleet.RestartAsync(1);
        await IsReplayAsync(fleet.At(1, first, "prof-burst"), nonce);
    }

    [Fact]
    public async Task Of_two_replicas_that_get_a_nonce_at_once_one_takes_it()
    {
        var first = await fleet.Account("prof-burst");
        var second = fleet.At(1, first, "prof-burst");
        for (var i = 0; i < 10; i++)
        {
            var right = new AcmeRequest { Nonce = await first.NewNonceAsync() };
            var answers = await Task.WhenAll(first.NewOrderAsync(["t.example.test"], departing: right), second.NewOrderAsync(["t.example.test"], departing: right));
            Assert.Single(answers, a => a.Status == HttpStatusCode.Created);
            Assert.Single(answers, a => a.ProblemType == "urn:ietf:params:acme:error:badNonce");
        }
    }

    [Fact]
    public async Task New_nonces_cost_no_write_and_no_transaction()
    {
        const int requests = 5_000;
        using var head = fleet.HttpOf(0);
        await HeadAsync(head);
        var (written, transactions) = await BooksAsync();
        await Task.WhenAll(Enumerable.Range(0, 20).Select(async _ =>
        {
            for (var i = 0; i < requests / 20; i++) await HeadAsync(head);
        }));
        // PostgreSQL's books are a second late: a row of our own shows when they are closed.
        await fleet.Database.Execute("INSERT INTO acme_used_nonces SELECT gen_random_uuid()");
        var after = await Eventually.Becomes(BooksAsync, books => books.Written > written, "the books show what was written since");
        Assert.True(after.Written - written <= requests / 100, $"{after.Written - written} rows were written");
        Assert.True(after.Transactions - transactions < requests / 4, $"{after.Transactions - transactions} transactions for {requests} nonces");
    }

    private async Task HeadAsync(HttpClient http)
    {
        using var request = new HttpRequestMessage(HttpMethod.Head, $"{fleet.PublicUrl}/acme/profile/prof-burst/new-nonce");
        using var answer = await http.SendAsync(request);
        Assert.True(answer.Headers.Contains("Replay-Nonce"));
    }

    private static async Task IsReplayAsync(AcmeClient client, string nonce)
    {
        var answer = await client.NewOrderAsync(["n.example.test"], departing: new AcmeRequest { Nonce = nonce });
        Assert.Equal("urn:ietf:params:acme:error:badNonce", answer.ProblemType);
    }

    /// <summary>Rows written to the product's own tables, and transactions of the whole database: there are those of the fleet's sweeps.</summary>
    private async Task<(long Written, long Transactions)> BooksAsync() => (
        await fleet.Database.Value<long>("SELECT sum(n_tup_ins + n_tup_upd + n_tup_del)::bigint FROM pg_stat_user_tables WHERE schemaname = 'public'"),
        await fleet.Database.Value<long>("SELECT xact_commit FROM pg_stat_database WHERE datname = current_database()"));
}
