using System.Buffers.Text;
using System.Net;
using System.Text.Json;
using Certctl.Core.Domain.Access;
using Certctl.Core.Issuance;
using Certctl.Core.Pki;
using Certctl.IntegrationTests.BulkRenewals;
using Microsoft.Extensions.DependencyInjection;

namespace Certctl.IntegrationTests.Acme;

[Collection(SharedServer.Name)]
public sealed class OperatorsEabKeyTests(SharedServer server)
{
    private const string Path = "acme/eab-keys";
    private readonly HttpClient client = server.Client(Role.Operator);

    [Fact]
    public async Task A_new_key_is_shown_once_with_its_mac_key_of_256_bits_which_is_stored_sealed()
    {
        const string expiry = "2099-01-31T12:00:00Z";
        string[] domains = ["Example.TEST"];
        var created = (await client.Post(Path, new { profile_id = "prof-eab", name = "build farm", allowed_domains = domains, reusable = true, expires_at = expiry }))
            .Is(HttpStatusCode.Created);
        var key = created.Json;
        var id = key.Text("key_id");
        Assert.StartsWith("eab-", id, StringComparison.Ordinal);
        Assert.Equal((id, $"/api/v1/acme/eab-keys/{id}", "operator"), (key.Text("id"), created.Location, key.Text("created_by")));
        Assert.Equal(("prof-eab", "build farm", "example.test", true), (key.Text("profile_id"), key.Text("name"), key.GetProperty("allowed_domains")[0].GetString(), key.GetProperty("reusable").GetBoolean()));
        Assert.Equal(expiry, key.Text("expires_at"));

        var hmacKey = key.Text("hmac_key");
        var mac = Base64Url.DecodeFromChars(hmacKey);
        Assert.Equal(32, mac.Length);
        var stored = new EncryptedSecret(
            await server.Database.Value<string>("SELECT key_encryption_key_id FROM acme_eab_keys WHERE key_id = $1", id),
            await server.Database.Value<byte[]>("SELECT encrypted_key FROM acme_eab_keys WHERE key_id = $1", id));
        Assert.Equal(mac, server.Services.GetRequiredService<SecretBox>().Open(stored, EabKeySeal.For(id)));

        var read = (await client.Get(created.Location)).Is(HttpStatusCode.OK);
        Assert.Equal(created.Headers.ETag, read.Headers.ETag);
        foreach (var answer in new[] { read, (await client.Get($"{Path}?limit=500")).Is(HttpStatusCode.OK) })
        {
            Assert.Contains(id, answer.Body, StringComparison.Ordinal);
            Assert.DoesNotContain(hmacKey, answer.Body, StringComparison.Ordinal);
            Assert.DoesNotContain("hmac_key", answer.Body, StringComparison.Ordinal);
            Assert.DoesNotContain("encrypted", answer.Body, StringComparison.Ordinal);
        }

        Assert.Equal(["operator eab_key_created"], await server.Database.AuditOf(id));
        Assert.False(await server.Database.Value<bool>("""
            SELECT EXISTS (SELECT FROM audit_events e WHERE strpos(e::text, $1) > 0) OR EXISTS (SELECT FROM acme_eab_keys k WHERE strpos(k::text, $1) > 0 OR strpos(k::text, $2) > 0)
            """, hmacKey, Convert.ToHexStringLower(mac)));
    }

    [Fact]
    public async Task A_mac_key_is_kept_for_no_repeated_request()
    {
        var header = ("Idempotency-Key", "tests-eab-key");
        var first = (await client.Post(Path, new { profile_id = "prof-eab", name = "once" }, header)).Is(HttpStatusCode.Created).Json;
        var second = (await client.Post(Path, new { profile_id = "prof-eab", name = "once" }, header)).Is(HttpStatusCode.Created).Json;
        Assert.NotEqual(first.Text("key_id"), second.Text("key_id"));
        Assert.NotEqual(first.Text("hmac_key"), second.Text("hmac_key"));
        Assert.Equal(0, await server.Database.Value<long>("SELECT count(*) FROM idempotent_requests WHERE key = 'tests-eab-key'"));
        Assert.Equal((false, JsonValueKind.Null, 0), (first.GetProperty("reusable").GetBoolean(), first.GetProperty("expires_at").ValueKind, first.GetProperty("allowed_domains").GetArrayLength()));
    }

    [Fact]
    public async Task A_list_is_of_one_profile_and_counts_the_accounts_of_each_key()
    {
        var used = await CreateAsync("prof-standard-tls", "used");
        var unused = await CreateAsync("prof-standard-tls", "unused");
        var other = await CreateAsync("prof-eab", "of another profile");
        await server.Database.InsertAccount("acc-eab-1", "prof-standard-tls", eabKey: used);
        await server.Database.InsertAccount("acc-eab-2", "prof-standard-tls", eabKey: used);
        await server.Database.Execute("UPDATE acme_eab_keys SET last_used_at = now() WHERE key_id = $1", used);

        var accounts = new Dictionary<string, long>();
        var cursor = "";
        do
        {
            var page = await client.Read($"{Path}?profile_id=prof-standard-tls&limit=1{cursor}");
            var item = Assert.Single(page.GetProperty("data").EnumerateArray());
            accounts.Add(item.Text("id"), item.Number("accounts"));
            Assert.Equal(item.Text("id") == used ? JsonValueKind.String : JsonValueKind.Null, item.GetProperty("last_used_at").ValueKind);
            cursor = page.GetProperty("next_cursor") is { ValueKind: JsonValueKind.String } next ? "&cursor=" + next.GetString() : "";
        }
        while (cursor.Length > 0 && accounts.Count < 10);

        Assert.Equal((2, 0), (accounts[used], accounts[unused]));
        Assert.False(accounts.ContainsKey(other));
        Assert.Equal(2, (await client.Read($"{Path}/{used}")).Number("accounts"));
        Assert.Equal(["acc-eab-1", "acc-eab-2"], (await client.Read($"acme/accounts?eab_key_id={used}")).GetProperty("data").EnumerateArray().Select(a => a.Text("id")));
    }

    [Fact]
    public async Task A_revoked_key_stays_in_the_list_and_is_revoked_once()
    {
        var id = await CreateAsync("prof-eab", "to revoke");
        var etag = (await client.Get($"{Path}/{id}")).Headers.ETag!.Tag;
        (await client.Delete($"{Path}/{id}", ("If-Match", "\"1\""))).IsProblem(HttpStatusCode.PreconditionFailed);
        Assert.Equal(JsonValueKind.Null, (await client.Read($"{Path}/{id}")).GetProperty("revoked_at").ValueKind);
        (await client.Delete($"{Path}/{id}", ("If-Match", etag))).Is(HttpStatusCode.NoContent);
        var revokedAt = (await client.Read($"{Path}/{id}")).Text("revoked_at");
        (await client.Delete($"{Path}/{id}")).Is(HttpStatusCode.NoContent);
        Assert.Equal(revokedAt, (await client.Read($"{Path}/{id}")).Text("revoked_at"));
        Assert.Equal(["operator eab_key_created", "operator eab_key_revoked"], await server.Database.AuditOf(id));
        (await client.Delete($"{Path}/eab-unknown")).IsProblem(HttpStatusCode.NotFound);
        (await client.Get($"{Path}/eab-unknown")).IsProblem(HttpStatusCode.NotFound);
    }

    [Theory]
    [InlineData("""{"profile_id": "prof-unknown", "name": "x"}""", "profile_id")]
    [InlineData("""{"name": "x"}""", "profile_id")]
    [InlineData("""{"profile_id": "prof-eab"}""", "name")]
    [InlineData("""{"profile_id": "prof-eab", "name": "x", "expires_at": "2020-01-01T00:00:00Z"}""", "expires_at")]
    [InlineData("""{"profile_id": "prof-eab", "name": "x", "expires_at": "tomorrow"}""", "expires_at")]
    [InlineData("""{"profile_id": "prof-eab", "name": "x", "allowed_domains": ["*.example.test"]}""", "allowed_domains")]
    [InlineData("""{"profile_id": "prof-eab", "name": "x", "allowed_domains": ["not a domain"]}""", "allowed_domains")]
    [InlineData("""{"profile_id": "prof-eab", "name": "x", "allowed_domains": [null]}""", "allowed_domains")]
    [InlineData("""{"profile_id": "prof-eab", "name": "x", "reusable": "yes"}""", "reusable")]
    [InlineData("""{"profile_id": "prof-eab", "name": "x", "hmac_key": "mine"}""", "hmac_key")]
    public async Task A_wrong_field_is_named_and_nothing_is_written(string json, string field)
    {
        const string keys = "SELECT count(*) FROM acme_eab_keys";
        var before = await server.Database.Value<long>(keys);
        (await client.Post(Path, new StringContent(json, System.Text.Encoding.UTF8, "application/json"))).Names(field);
        Assert.Equal(before, await server.Database.Value<long>(keys));
    }

    [Fact]
    public async Task More_domains_than_a_profile_may_have_are_refused() =>
        (await client.Post(Path, new { profile_id = "prof-eab", name = "x", allowed_domains = Enumerable.Range(0, 101).Select(n => $"d{n}.example.test") })).Names("allowed_domains");

    private async Task<string> CreateAsync(string profile, string name) =>
        (await client.Post(Path, new { profile_id = profile, name })).Is(HttpStatusCode.Created).Json.Text("id");
}
