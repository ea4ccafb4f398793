using System.Collections.Concurrent;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;

namespace Certctl.Rfc8555;

/// <summary>
/// An ACME client that shares no code with the server: it proves it and loads it. Every answer is handed back as it came;
/// only <see cref="GetDirectoryAsync"/> and <see cref="NewNonceAsync"/> throw <see cref="AcmeException"/>. Any number of
/// calls may run at once.
/// </summary>
public sealed partial class AcmeClient(HttpClient http, string directoryUrl, AcmeAccountKey key)
{
    private static readonly MediaTypeHeaderValue JoseJson = new("application/jose+json");

    private readonly ConcurrentStack<string> nonces = new();
    private AcmeDirectory? directory;

    /// <summary>Changed by a successful key rollover.</summary>
    public AcmeAccountKey Key { get; set; } = key;

    /// <summary>The "kid". Null until an account was made or found.</summary>
    public string? AccountUrl { get; set; }

    /// <summary>Whether a badNonce is answered by a second and a third try (RFC 8555 6.5).</summary>
    public bool RetryBadNonce { get; set; } = true;

    /// <summary>Ends every call that is under way.</summary>
    public CancellationToken Cancellation { get; set; }

    /// <summary>How many requests this client has sent.</summary>
    public long Requests => Interlocked.Read(ref requests);

    private long requests;

    public async Task<AcmeDirectory> GetDirectoryAsync() =>
        directory ??= AcmeDirectory.From((await GetAsync(directoryUrl)).Ensured());

    /// <summary>A nonce from newNonce, not from the pool.</summary>
    public async Task<string> NewNonceAsync()
    {
        using var request = new HttpRequestMessage(HttpMethod.Head, (await GetDirectoryAsync()).NewNonce);
        // Its own, not the pool's: another request may have taken the one that it brought.
        var response = (await SendAsync(request, pool: false)).Ensured();
        return response.Nonce ?? throw new InvalidDataException($"newNonce gave no Replay-Nonce: {response}");
    }

    public async Task<AcmeResponse> GetAsync(string url)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, url);
        return await SendAsync(request);
    }

    /// <param name="payload">JSON; null for POST-as-GET (RFC 8555 6.3).</param>
    public async Task<AcmeResponse> PostAsync(string url, string? payload, AcmeRequest? departing = null)
    {
        departing ??= AcmeRequest.Right;
        var tries = departing.Nonce is null && (departing.RetryBadNonce ?? RetryBadNonce) ? 3 : 1;
        while (true)
        {
            var nonce = departing.Nonce ?? (nonces.TryPop(out var pooled) ? pooled : await NewNonceAsync());
            using var request = Request(url, payload, nonce, departing);
            var response = await SendAsync(request);
            if (--tries == 0 || response.IsSuccess || response.ProblemType != "urn:ietf:params:acme:error:badNonce") return response;
        }
    }

    private HttpRequestMessage Request(string url, string? payload, string nonce, AcmeRequest departing)
    {
        var signer = departing.SignWith ?? Key;
        var header = departing.ProtectedHeader ?? Header(url, nonce, signer, departing);
        Func<byte[], byte[]> sign = departing.Signature is { } alter ? data => alter(signer.Sign(data)) : signer.Sign;
        var body = Jws.Flattened(header, payload is null ? [] : Encoding.UTF8.GetBytes(payload), sign);
        var content = new ByteArrayContent(departing.Body?.Invoke(body) ?? body);
        if (departing.ContentType is null) content.Headers.ContentType = JoseJson;
        else if (departing.ContentType.Length > 0) content.Headers.TryAddWithoutValidation("Content-Type", departing.ContentType);
        var request = new HttpRequestMessage(departing.Method ?? HttpMethod.Post, url) { Content = content };
        if (departing.Accept is not null) request.Headers.TryAddWithoutValidation("Accept", departing.Accept);
        return request;
    }

    private string Header(string url, string nonce, AcmeAccountKey signer, AcmeRequest departing)
    {
        var named = departing.Key ?? (AccountUrl is null || departing.SignWith is not null ? KeyHeader.Jwk : KeyHeader.Kid);
        var header = new StringBuilder("{", 512);
        Add("alg", departing.Algorithm ?? signer.Algorithm);
        Add("nonce", nonce);
        Add("url", departing.Url ?? url);
        if (named is KeyHeader.Kid or KeyHeader.Both) Add("kid", departing.Kid ?? AccountUrl ?? "");
        if (named is KeyHeader.Jwk or KeyHeader.Both) header.Append("\"jwk\":").Append(departing.Jwk ?? signer.Jwk).Append(',');
        if (departing.MoreHeader is not null) header.Append(departing.MoreHeader).Append(',');
        header[^1] = '}';
        return header.ToString();

        void Add(string name, string value)
        {
            if (value.Length > 0) header.Append('"').Append(name).Append("\":\"").Append(JsonEncodedText.Encode(value).Value).Append("\",");
        }
    }

    private async Task<AcmeResponse> SendAsync(HttpRequestMessage request, bool pool = true)
    {
        Interlocked.Increment(ref requests);
        using var answer = await http.SendAsync(request, Cancellation);
        var response = new AcmeResponse(answer.StatusCode, answer.Headers, answer.Content.Headers, await answer.Content.ReadAsByteArrayAsync(Cancellation));
        if (pool && response.Nonce is { } nonce) nonces.Push(nonce);
        return response;
    }
}
