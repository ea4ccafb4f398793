using System.Buffers.Text;
using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace Certctl.UnitTests.Load.Servers;

/// <summary>An ACME server that looks at no signature and issues to everybody.</summary>
internal sealed class FakeAcme : IDisposable
{
    public const string DirectoryPath = "/acme/directory";
    private const string Problem = "application/problem+json", RateLimited = "urn:ietf:params:acme:error:rateLimited";

    private readonly ECDsa issuerKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private readonly ConcurrentDictionary<string, string> issued = [];
    private readonly ConcurrentDictionary<string, byte> known = [];
    private int asked;
    private int directories;
    private int orders;

    public string? NonceAlways { get; set; }
    public string NonceCaching { get; set; } = "no-store";
    public int NonceStatus { get; set; } = 200;
    public string? AriRetryAfter { get; set; } = "21600";
    public bool WindowReversed { get; set; }
    public int UnknownStatus { get; set; } = 404;
    public string UnknownType { get; set; } = "urn:ietf:params:acme:error:malformed";
    public bool DirectoryChanges { get; set; }

    /// <summary>Certifies a key of its own instead of the client's.</summary>
    public bool CertifiesAnotherKey { get; set; }

    public string OrderStatus { get; set; } = "ready";

    /// <summary>How many requests without an account are let through; the rest is limited.</summary>
    public int Allowed { get; set; } = int.MaxValue;

    public string LimitType { get; set; } = RateLimited;
    public string LimitContentType { get; set; } = Problem;
    public string? LimitRetryAfter { get; set; } = "1";

    public void Map(WebApplication app)
    {
        app.Use(LimitAsync);
        app.MapGet(DirectoryPath, (HttpContext http) => Directory(Url(http)));
        app.MapMethods("/acme/new-nonce", ["HEAD"], (HttpContext http) => Nonce(http));
        app.MapGet("/acme/renewal-info/{id}", (string id, HttpContext http) => RenewalInfo(id, http));
        app.MapPost("/acme/new-account", (HttpContext http) => Created(http, "/acme/account/1", new { status = "valid" }));
        app.MapPost("/acme/new-order", NewOrder);
        app.MapPost("/acme/order/{id}/finalize", FinalizeAsync);
        app.MapPost("/acme/cert/{id}", (string id, HttpContext http) => Signed(http, Results.Text(issued[id], "application/pem-certificate-chain")));
    }

    public void Dispose() => issuerKey.Dispose();

    private static string Url(HttpContext http) => $"{http.Request.Scheme}://{http.Request.Host}";

    private async Task LimitAsync(HttpContext http, RequestDelegate next)
    {
        // Its own first requests are the set-up's.
        if (http.Request.Method == "POST" || Interlocked.Increment(ref asked) <= Allowed)
        {
            await next(http);
            return;
        }

        http.Response.StatusCode = 429;
        if (LimitRetryAfter is not null) http.Response.Headers.RetryAfter = LimitRetryAfter;
        http.Response.ContentType = LimitContentType;
        if (http.Request.Method != "HEAD") await http.Response.WriteAsync($$"""{"type":"{{LimitType}}","status":429,"detail":"too many"}""");
    }

    private IResult Directory(string url)
    {
        // The set-up reads it twice.
        var more = DirectoryChanges && Interlocked.Increment(ref directories) > 3 ? "?changed" : "";
        return Results.Json(new
        {
            newNonce = url + "/acme/new-nonce",
            newAccount = url + "/acme/new-account",
            newOrder = url + "/acme/new-order",
            revokeCert = url + "/acme/revoke-cert",
            keyChange = url + "/acme/key-change" + more,
            renewalInfo = url + "/acme/renewal-info",
        });
    }

    private IResult Nonce(HttpContext http)
    {
        http.Response.Headers["Replay-Nonce"] = NonceAlways ?? Fresh();
        http.Response.Headers.CacheControl = NonceCaching;
        return Results.StatusCode(NonceStatus);
    }

    private IResult RenewalInfo(string id, HttpContext http)
    {
        if (!known.ContainsKey(id))
            return Results.Json(new { type = UnknownType, status = UnknownStatus, detail = "no such certificate" }, contentType: Problem, statusCode: UnknownStatus);
        if (AriRetryAfter is not null) http.Response.Headers.RetryAfter = AriRetryAfter;
        var (start, end) = ("2030-01-01T00:00:00Z", "2030-01-02T00:00:00Z");
        return Results.Json(new { suggestedWindow = WindowReversed ? new { start = end, end = start } : new { start, end } });
    }

    private IResult NewOrder(HttpContext http)
    {
        var path = $"/acme/order/{Interlocked.Increment(ref orders)}";
        return Created(http, path, new { status = OrderStatus, finalize = $"{Url(http)}{path}/finalize" });
    }

    private async Task<IResult> FinalizeAsync(string id, HttpContext http)
    {
        var jws = await JsonSerializer.DeserializeAsync<JsonElement>(http.Request.Body);
        var payload = JsonSerializer.Deserialize<JsonElement>(Base64Url.DecodeFromChars(jws.GetProperty("payload").GetString()));
        issued[id] = Issue(Base64Url.DecodeFromChars(payload.GetProperty("csr").GetString()));
        return Signed(http, Results.Json(new { status = "valid", certificate = $"{Url(http)}/acme/cert/{id}" }));
    }

    private static IResult Created(HttpContext http, string path, object body)
    {
        http.Response.Headers.Location = Url(http) + path;
        return Signed(http, Results.Json(body, statusCode: 201));
    }

    private static IResult Signed(HttpContext http, IResult result)
    {
        http.Response.Headers["Replay-Nonce"] = Fresh();
        return result;
    }

    private static string Fresh() => Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(16));

    private string Issue(byte[] csr)
    {
        var request = CertificateRequest.LoadSigningRequest(csr, HashAlgorithmName.SHA256, CertificateRequestLoadOptions.UnsafeLoadCertificateExtensions);
        if (CertifiesAnotherKey) request = new CertificateRequest(request.SubjectName, issuerKey, HashAlgorithmName.SHA256) { CertificateExtensions = { request.CertificateExtensions[0] } };
        request.CertificateExtensions.Add(X509AuthorityKeyIdentifierExtension.CreateFromSubjectKeyIdentifier(new byte[20]));
        var now = TimeProvider.System.GetUtcNow();
        var signing = X509SignatureGenerator.CreateForECDsa(issuerKey);
        using var certificate = request.Create(new X500DistinguishedName("CN=Fake"), signing, now, now.AddDays(1), RandomNumberGenerator.GetBytes(16));
        known[Rfc8555.CertificateId.Of(certificate)] = 0;
        return certificate.ExportCertificatePem();
    }
}
