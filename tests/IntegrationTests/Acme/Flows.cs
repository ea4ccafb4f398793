using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using Certctl.IntegrationTests.BulkRenewals;
using Certctl.Rfc8555;

namespace Certctl.IntegrationTests.Acme;

/// <summary>What a client got.</summary>
public sealed record Issued(AcmeResponse Order, string Chain, X509Certificate2 Certificate, ECDsa Key)
{
    /// <summary>As it is stored: without the zero byte that DER may begin with.</summary>
    public string Serial => (Certificate.SerialNumber.StartsWith("00", StringComparison.Ordinal) ? Certificate.SerialNumber[2..] : Certificate.SerialNumber).ToLowerInvariant();

    public IReadOnlyList<string> Names =>
        [.. Certificate.Extensions.OfType<X509SubjectAlternativeNameExtension>().SelectMany(s => s.EnumerateDnsNames().Concat(s.EnumerateIPAddresses().Select(a => a.ToString())))];
}

/// <summary>Whole conversations in one call.</summary>
internal static class Flows
{
    private static int names;

    /// <summary>A name that no other test asks for, within the domains of every profile.</summary>
    public static string Fresh(string stem = "host") => $"{stem}-{Interlocked.Increment(ref names)}.example.test";

    /// <summary>The id of a resource: the end of its URL.</summary>
    public static string IdOf(string url) => url[(url.LastIndexOf('/') + 1)..];

    public static async Task<AcmeResponse> Order(this AcmeClient client, params string[] names)
    {
        var order = await client.NewOrderAsync(names);
        Assert.True(order.Status == HttpStatusCode.Created, order.ToString());
        return order;
    }

    /// <summary>Orders, answers challenges by the solver where any are pending, finalizes, downloads.</summary>
    public static async Task<Issued> Issue(this AcmeClient client, Action<JsonElement, JsonElement>? solve, params string[] names)
    {
        var order = await client.Order(names);
        if (order.Member("status") == "pending") await client.Prove(order, solve!);
        return await client.Finish(await client.GetOrderAsync(order.Location!), order.Location!, names);
    }

    public static Task<Issued> Issue(this AcmeClient client, params string[] names) => client.Issue(null, names);

    /// <summary>Makes every authorization of the order valid.</summary>
    /// <param name="solve">Gets the authorization and the challenge, and puts the answer in its place.</param>
    public static async Task Prove(this AcmeClient client, AcmeResponse order, Action<JsonElement, JsonElement> solve, string type = "http-01")
    {
        foreach (var url in order.Members("authorizations"))
        {
            var authorization = (await client.GetAuthorizationAsync(url)).Json;
            if (authorization.Text("status") == "valid") continue;
            var challenges = authorization.GetProperty("challenges").EnumerateArray().ToList();
            var challenge = challenges.Find(c => c.Text("type") == type) is { ValueKind: JsonValueKind.Object } wanted ? wanted : challenges[0];
            solve(authorization, challenge);
            (await client.RespondChallengeAsync(challenge.Text("url"))).Ensured();
            await client.Settled(url);
        }
    }

    /// <summary>The authorization once it is not pending any more.</summary>
    public static Task<AcmeResponse> Settled(this AcmeClient client, string url) =>
        Eventually.Becomes(() => client.GetAuthorizationAsync(url), a => a.Member("status") != "pending", "the authorization is settled", TimeSpan.FromSeconds(30));

    public static async Task<Issued> Finish(this AcmeClient client, AcmeResponse order, string orderUrl, params string[] names)
    {
        Assert.True(order.Member("status") == "ready", order.ToString());
        var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        (await client.FinalizeAsync(order.Member("finalize")!, AcmeCsr.Create(key, names))).Ensured();
        var valid = await Eventually.Becomes(() => client.GetOrderAsync(orderUrl), o => o.Member("status") is "valid" or "invalid", "the order ends", TimeSpan.FromSeconds(30));
        Assert.True(valid.Member("status") == "valid", valid.ToString());
        var chain = (await client.DownloadCertificateAsync(valid.Member("certificate")!)).Ensured();
        Assert.Equal("application/pem-certificate-chain", chain.ContentType);
        return new Issued(valid, chain.Text, X509Certificate2.CreateFromPem(chain.Text), key);
    }

    /// <summary>Fails unless the answer is this problem, with a fresh nonce and the way to the directory.</summary>
    public static AcmeResponse Refused(this AcmeResponse answer, HttpStatusCode status, string type)
    {
        Assert.True(answer.Status == status && answer.ProblemType == "urn:ietf:params:acme:error:" + type, answer.ToString());
        Assert.NotEmpty(answer.Member("detail")!);
        Assert.Equal((int)status, answer.Json.GetProperty("status").GetInt32());
        Assert.NotNull(answer.Nonce);
        Assert.Single(answer.Links("index"));
        return answer;
    }
}
