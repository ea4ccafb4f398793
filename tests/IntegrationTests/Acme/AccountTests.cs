using System.Net;
using Certctl.Core.Domain.Access;
using Certctl.IntegrationTests.BulkRenewals;
using Certctl.Rfc8555;

namespace Certctl.IntegrationTests.Acme;

/// <summary>RFC 8555 7.3.</summary>
[Collection(AcmeServer.Name)]
public sealed class AccountTests(AcmeServer server)
{
    private static readonly string[] TeamDomains = ["team.example.test"];

    [Fact]
    public async Task The_same_key_finds_its_account_again_whatever_else_it_asks()
    {
        var client = server.Stranger("prof-test");
        (await client.NewAccountAsync(onlyReturnExisting: true)).Refused(HttpStatusCode.BadRequest, "accountDoesNotExist");
        var created = await client.NewAccountAsync(["mailto:a@example.test"]);
        Assert.Equal(HttpStatusCode.Created, created.Status);
        var found = await client.NewAccountAsync(["tel:+1"], onlyReturnExisting: true);
        Assert.Equal((HttpStatusCode.OK, created.Location), (found.Status, found.Location));
        Assert.Equal(["mailto:a@example.test"], found.Members("contact"));
    }

    [Theory]
    [InlineData("tel:+4912345", "unsupportedContact")]
    [InlineData("mailto:a@example.test?subject=x", "invalidContact")]
    [InlineData("mailto:a@example.test,b@example.test", "invalidContact")]
    [InlineData("mailto:nobody", "invalidContact")]
    [InlineData("nobody", "invalidContact")]
    public async Task A_contact_that_cannot_be_written_to_is_refused(string contact, string type) =>
        (await server.Stranger("prof-test").NewAccountAsync([contact])).Refused(HttpStatusCode.BadRequest, type);

    [Fact]
    public async Task Contacts_change_and_other_accounts_are_not_shown()
    {
        var client = await server.Account();
        var changed = await client.PostAsync(client.AccountUrl!, """{"contact":["mailto:new@example.test"]}""");
        Assert.Equal(["mailto:new@example.test"], changed.Ensured().Members("contact"));
        Assert.Equal("valid", (await client.PostAsync(client.AccountUrl!, """{"status":"revoked"}""")).Ensured().Member("status"));
        var other = await server.Account();
        (await client.PostAsync(other.AccountUrl!, null)).Refused(HttpStatusCode.Unauthorized, "unauthorized");
    }

    [Fact]
    public async Task One_key_has_an_account_at_each_profile_and_none_reaches_into_another()
    {
        using var key = AcmeAccountKey.Es256();
        var (first, second) = (await server.Account("prof-burst", key), await server.Account("prof-test", key));
        Assert.NotEqual(first.AccountUrl, second.AccountUrl);
        var order = await first.Order(Flows.Fresh());
        (await second.PostAsync(order.Location!.Replace("prof-burst", "prof-test", StringComparison.Ordinal), null)).Refused(HttpStatusCode.NotFound, "malformed");
        var borrowed = new AcmeRequest { Kid = first.AccountUrl!.Replace("prof-burst", "prof-test", StringComparison.Ordinal) };
        (await second.PostAsync((await second.GetDirectoryAsync()).NewOrder, "{}", borrowed)).Refused(HttpStatusCode.BadRequest, "accountDoesNotExist");
    }

    [Fact]
    public async Task A_deactivated_account_is_over_and_so_is_what_it_had_pending()
    {
        var client = await server.Account();
        var order = await client.Order(Flows.Fresh());
        Assert.Equal("deactivated", (await client.PostAsync(client.AccountUrl!, """{"status":"deactivated"}""")).Ensured().Member("status"));
        (await client.PostAsync(order.Location!, null)).Refused(HttpStatusCode.Unauthorized, "unauthorized");
        (await client.NewAccountAsync()).Refused(HttpStatusCode.Unauthorized, "unauthorized");
        Assert.Equal("invalid", await server.Database.Value<string>("SELECT status FROM acme_orders WHERE order_id = $1", order.Location!.Split('/')[^1]));
    }

    [Fact]
    public async Task A_key_change_holds_at_once_and_the_old_key_may_open_another_account()
    {
        var client = await server.Account();
        var oldKey = client.Key;
        (await client.KeyChangeAsync(AcmeAccountKey.Es256())).Ensured();
        (await client.PostAsync(client.AccountUrl!, null)).Ensured();
        (await client.PostAsync(client.AccountUrl!, null, new AcmeRequest { SignWith = oldKey, Key = KeyHeader.Kid })).Refused(HttpStatusCode.Unauthorized, "unauthorized");
        var again = server.Stranger("prof-burst", oldKey);
        Assert.Equal(HttpStatusCode.Created, (await again.NewAccountAsync()).Status);
        Assert.NotEqual(client.AccountUrl, again.AccountUrl);
    }

    [Fact]
    public async Task A_key_that_has_an_account_is_refused_and_that_account_named()
    {
        var (client, other) = (await server.Account(), await server.Account());
        Assert.Equal(other.AccountUrl, (await client.KeyChangeAsync(other.Key)).Refused(HttpStatusCode.Conflict, "unauthorized").Location);
    }

    [Fact]
    public async Task The_inner_signature_of_a_key_change_is_held_to_its_rules()
    {
        var client = await server.Account();
        using var key = AcmeAccountKey.Es256();
        var url = (await client.GetDirectoryAsync()).KeyChange;
        string[] headers =
        [
            $$"""{"alg":"ES256","kid":"{{client.AccountUrl}}","url":"{{url}}"}""",
            $$"""{"alg":"ES256","jwk":{{key.Jwk}},"url":"{{url}}x"}""",
            $$"""{"alg":"ES256","jwk":{{key.Jwk}},"url":"{{url}}","nonce":"AAAA"}""",
            $$"""{"alg":"ES256","jwk":{{client.Key.Jwk}},"url":"{{url}}"}""",
        ];
        foreach (var header in headers) (await client.KeyChangeAsync(key, innerHeader: header)).Refused(HttpStatusCode.BadRequest, "malformed");
        string[] payloads =
        [
            $$"""{"account":"{{client.AccountUrl}}x","oldKey":{{client.Key.Jwk}}}""",
            $$"""{"account":"{{client.AccountUrl}}","oldKey":{{key.Jwk}}}""",
            "{}",
        ];
        foreach (var payload in payloads) (await client.KeyChangeAsync(key, innerPayload: payload)).Refused(HttpStatusCode.BadRequest, "malformed");
        (await client.PostAsync(client.AccountUrl!, null)).Ensured();
    }

    [Theory]
    [InlineData("HS256")]
    [InlineData("HS384")]
    [InlineData("HS512")]
    public async Task An_external_account_opens_one_account_at_its_profile_for_its_domains(string algorithm)
    {
        var made = (await server.Client(Role.Admin).Post("acme/eab-keys", new { profile_id = "prof-eab", name = $"for {algorithm}", allowed_domains = TeamDomains })).Is(HttpStatusCode.Created).Json;
        var external = new ExternalAccount(made.Text("key_id"), made.Text("hmac_key"), algorithm);
        (await server.Stranger("prof-eab").NewAccountAsync()).Refused(HttpStatusCode.Forbidden, "externalAccountRequired");
        (await server.Stranger("prof-eab").NewAccountAsync(externalAccount: external with { HmacKey = "AAAA" })).Refused(HttpStatusCode.Forbidden, "unauthorized");
        (await server.Stranger("prof-burst").NewAccountAsync(externalAccount: external)).Refused(HttpStatusCode.Forbidden, "unauthorized");
        var client = server.Stranger("prof-eab");
        var created = await client.NewAccountAsync(externalAccount: external);
        Assert.Equal(HttpStatusCode.Created, created.Status);
        Assert.NotEmpty(created.Json.GetProperty("externalAccountBinding").Text("signature"));
        (await server.Stranger("prof-eab").NewAccountAsync(externalAccount: external)).Refused(HttpStatusCode.Forbidden, "unauthorized");
        await client.Order("www.team.example.test");
        (await client.NewOrderAsync(["www.example.test"])).Refused(HttpStatusCode.BadRequest, "rejectedIdentifier");
    }

    [Fact]
    public async Task A_list_of_orders_comes_in_pages_and_only_to_its_account()
    {
        var client = await server.Account();
        var orders = new List<string>();
        for (var i = 0; i < 105; i++) orders.Add((await client.Order(Flows.Fresh("page"))).Location!);
        var listed = new List<string>();
        for (var url = client.AccountUrl + "/orders"; url is not null;)
        {
            var page = (await client.PostAsync(url, null)).Ensured();
            listed.AddRange(page.Members("orders"));
            url = page.Links("next").SingleOrDefault();
        }

        Assert.Equal(orders, listed);
        (await (await server.Account()).PostAsync(client.AccountUrl + "/orders", null)).Refused(HttpStatusCode.Unauthorized, "unauthorized");
    }
}
