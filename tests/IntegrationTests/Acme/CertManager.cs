using System.Text.Json;
using Certctl.IntegrationTests.BulkRenewals;
using Certctl.Rfc8555;

namespace Certctl.IntegrationTests.Acme;

/// <summary>
/// Says what cert-manager 1.21 says, in its order: its controllers for issuers, orders and challenges, over its fork of Go's ACME
/// client. That client takes nonces from every answer, the directory's too, and asks newNonce only when it has none.
/// </summary>
internal sealed class CertManager(Transcript transcript, AcmeAccountKey key) : IDisposable
{
    private readonly HttpClient http = new(transcript, disposeHandler: true);
    private AcmeClient? client;

    public Transcript Transcript { get; } = transcript;

    public AcmeClient Acme => client ??= new AcmeClient(http, Transcript.Directory, Key) { RetryBadNonce = false };

    public AcmeAccountKey Key { get; } = key;

    /// <summary>The controller was restarted: directory, nonces and account are asked for again.</summary>
    public void Restart() => client = null;

    /// <summary>The issuer's controller: registers, or finds the account of the key and corrects its contact.</summary>
    public async Task<AcmeResponse> RegisterAsync(string email)
    {
        string[] contact = ["mailto:" + email];
        var made = (await Acme.NewAccountAsync(contact)).Ensured();
        if (made.Status == System.Net.HttpStatusCode.Created) return made;
        var found = (await FindAccountAsync()).Ensured();
        return found.Members("contact").SequenceEqual(contact)
            ? found
            : (await Acme.PostAsync(Acme.AccountUrl!, JsonSerializer.Serialize(new { contact }))).Ensured();
    }

    /// <summary>POST-as-GET.</summary>
    public async Task<AcmeResponse> ReadAsync(string url) => (await Acme.PostAsync(url, null)).Ensured();

    /// <summary>What the client does before its first request with a kid.</summary>
    public Task<AcmeResponse> FindAccountAsync() => Acme.NewAccountAsync(onlyReturnExisting: true, agree: false);

    /// <summary>The controller of orders, up to the challenges: the order and each of its authorizations.</summary>
    public async Task<(AcmeResponse Order, IReadOnlyList<AcmeResponse> Authorizations)> OrderAsync(params string[] names)
    {
        var order = (await Acme.NewOrderAsync([.. names.Order(StringComparer.Ordinal)])).Ensured();
        var authorizations = new List<AcmeResponse>();
        foreach (var url in order.Members("authorizations")) authorizations.Add(await ReadAsync(url));
        return (order, authorizations);
    }

    /// <summary>The controller of challenges: looks at http-01, presents it, accepts it, waits for the authorization.</summary>
    public async Task<AcmeResponse> SolveAsync(string authorizationUrl, AcmeResponse authorization, Action<string, string> present)
    {
        var challenge = authorization.Json.GetProperty("challenges").EnumerateArray().Single(c => c.Text("type") == "http-01");
        Assert.Equal("pending", (await ReadAsync(challenge.Text("url"))).Member("status"));
        present(challenge.Text("token"), Key.KeyAuthorization(challenge.Text("token")));
        (await Acme.PostAsync(challenge.Text("url"), "{}")).Ensured();
        return await Eventually.Becomes(
            () => ReadAsync(authorizationUrl), a => a.Member("status") is "valid" or "invalid", "the authorization is final");
    }

    /// <summary>Finalize, and the certificate with its chain.</summary>
    public async Task<(AcmeResponse Order, AcmeResponse Chain)> FinalizeAsync(AcmeResponse order, byte[] csr)
    {
        var finalized = (await SendCsrAsync(order, csr)).Ensured();
        if (finalized.Member("status") != "valid") finalized = await WaitAsync(order.Location!, "valid");
        return (finalized, await ReadAsync(finalized.Member("certificate")!));
    }

    public Task<AcmeResponse> SendCsrAsync(AcmeResponse order, byte[] csr) => Acme.FinalizeAsync(order.Member("finalize")!, csr);

    /// <summary>A newOrder with this very nonce.</summary>
    public async Task<AcmeResponse> SendOrderAsync(string payload, string nonce) =>
        await Acme.PostAsync((await Acme.GetDirectoryAsync()).NewOrder, payload, new AcmeRequest { Nonce = nonce });

    public Task<string> NewNonceAsync() => Acme.NewNonceAsync();

    /// <summary>Every chain besides the one at hand, as preferredChain makes it look for.</summary>
    public async Task<List<AcmeResponse>> AlternatesAsync(string certificateUrl)
    {
        var chains = new List<AcmeResponse>();
        foreach (var url in (await ReadAsync(certificateUrl)).Links("alternate")) chains.Add(await ReadAsync(url));
        return chains;
    }

    /// <summary>Looks at the order until it is there; one that became invalid fails the test.</summary>
    public async Task<AcmeResponse> WaitAsync(string orderUrl, string status)
    {
        var order = await Eventually.Becomes(
            () => ReadAsync(orderUrl), o => o.Member("status") == status || o.Member("status") == "invalid", $"the order is {status}");
        Assert.Equal(status, order.Member("status"));
        return order;
    }

    public void Dispose() => http.Dispose();
}
