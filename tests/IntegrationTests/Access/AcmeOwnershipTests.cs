using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Certctl.IntegrationTests.Acme;
using Certctl.Rfc8555;

namespace Certctl.IntegrationTests.Access;

/// <summary>Every resource of an ACME account, asked for by that account and by others: docs/reference/authorization.md says what
/// each is answered.</summary>
[Collection(AcmeServer.Name)]
public sealed class AcmeOwnershipTests(AcmeServer server)
{
    private const string Profile = "prof-burst";
    private const string OtherProfile = "prof-test";

    [Fact]
    public async Task Every_resource_answers_every_account_as_the_reference_says()
    {
        var owner = await server.Account(Profile);
        var suspended = await server.Account(Profile);
        var issued = await owner.Issue(Flows.Fresh());
        var open = await owner.Order(Flows.Fresh());
        var others = new (string Name, AcmeClient Client)[]
        {
            ("another account", await server.Account(Profile)),
            ("the same key at another profile", await server.Account(OtherProfile, owner.Key)),
            ("a revoked account", suspended),
            ("its key under another's kid", new AcmeClient(server.Shared, server.Directory(Profile), AcmeAccountKey.Es256()) { AccountUrl = owner.AccountUrl }),
        };
        await server.Database.Execute("UPDATE acme_accounts SET status = 'revoked' WHERE account_id = $1", suspended.AccountUrl!.Split('/')[^1]);

        var rows = new List<IReadOnlyList<string>> { (string[])["Resource", .. others.Select(o => o.Name), "its account"] };
        foreach (var (name, ask) in await ResourcesAsync(owner, issued, open))
        {
            var cells = new List<string> { name };
            foreach (var (_, client) in others) cells.Add(Told(await ask(client), isOwner: false));
            cells.Add(Told(await ask(owner), isOwner: true));
            rows.Add(cells);
        }

        ReferenceTable.Check("authorization.md", "acme", rows);
    }

    /// <summary>Each way to reach a resource of the owner, the harmless first.</summary>
    private static async Task<List<(string Name, Func<AcmeClient, Task<AcmeResponse>> Ask)>> ResourcesAsync(AcmeClient owner, Issued issued, AcmeResponse open)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var name = open.Json.GetProperty("identifiers")[0].GetProperty("value").GetString()!;
        var csr = AcmeCsr.Create(key, name);
        var leaf = issued.Certificate.RawData;
        var authorization = open.Members("authorizations")[0];
        var challenge = (await owner.GetAuthorizationAsync(authorization)).Json.GetProperty("challenges")[0].GetProperty("url").GetString()!;
        var orders = (await owner.PostAsync(owner.AccountUrl!, null)).Member("orders")!;
        var certificate = issued.Order.Member("certificate")!;
        var replaced = CertificateId.Of(issued.Certificate);
        return
        [
            ("account: read", Post(owner.AccountUrl!, null)),
            ("account: change contact", Post(owner.AccountUrl!, """{"contact":["mailto:mine@example.test"]}""")),
            ("account: list of orders", Post(orders, null)),
            ("order: read", Post(open.Location!, null)),
            ("authorization: read", Post(authorization, null)),
            ("challenge: read", Post(challenge, null)),
            ("challenge: respond", Post(challenge, "{}")),
            ("certificate: download", Post(certificate, null)),
            ("certificate: with root", Post(certificate + "/1", null)),
            ("order: finalize", client => client.FinalizeAsync(At(client, open.Member("finalize")!), csr)),
            ("new-order: replaces its certificate", async client => await client.PostAsync(
                (await client.GetDirectoryAsync()).NewOrder, $$"""{"identifiers":[{"type":"dns","value":"{{issued.Names[0]}}"}],"replaces":"{{replaced}}"}""")),
            ("authorization: deactivate", Post(authorization, """{"status":"deactivated"}""")),
            ("revoke-cert: by account", client => client.RevokeAsync(leaf)),
            ("key-change: of the account", client => client.KeyChangeAsync(
                AcmeAccountKey.Es256(), innerPayload: $$"""{"account":"{{At(client, owner.AccountUrl!)}}","oldKey":{{owner.Key.Jwk}}}""")),
            ("account: deactivate", Post(owner.AccountUrl!, """{"status":"deactivated"}""")),
        ];
    }

    private static Func<AcmeClient, Task<AcmeResponse>> Post(string url, string? payload) => client => client.PostAsync(At(client, url), payload);

    /// <summary>The owner's resource below the directory of who asks: where its own account is known.</summary>
    private static string At(AcmeClient client, string url) =>
        client.AccountUrl!.Contains(OtherProfile, StringComparison.Ordinal) ? url.Replace(Profile, OtherProfile, StringComparison.Ordinal) : url;

    private static string Told(AcmeResponse answer, bool isOwner)
    {
        Assert.True((int)answer.Status < 500 && answer.IsSuccess == isOwner, answer.ToString());
        return answer.IsSuccess ? "yes" : $"{(int)answer.Status} {answer.ProblemType!.Split(':')[^1]}";
    }
}
