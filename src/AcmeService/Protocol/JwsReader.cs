using System.Text.Json;

namespace Certctl.AcmeService.Protocol;

/// <summary>Reads the JWS of a request by the rules of RFC 8555 6.2.</summary>
public static class JwsReader
{
    private const int MaxNonceLength = 256;
    private const int MaxUrlLength = 2048;

    public static JwsReading Read(ReadOnlyMemory<byte> body)
    {
        var (jws, problem, header) = FlattenedJws.Read(body);
        var nonce = header.ValueKind == JsonValueKind.Object ? header.Text("nonce") : null;
        if (jws is null) return new JwsReading(null, problem, nonce);
        var (read, refusal) = Judge(jws);
        return new JwsReading(read, refusal, nonce);
    }

    private static (Jws?, AcmeProblem?) Judge(FlattenedJws jws)
    {
        if (AlgorithmOf(jws, Jws.Algorithms, out var algorithm) is { } badAlgorithm) return (null, badAlgorithm);
        if (HeaderProblem(jws) is { } problem) return (null, Problems.Malformed(problem));
        var nonce = jws["nonce"];
        if (nonce.ValueKind != JsonValueKind.Undefined && !IsNonce(jws.Text("nonce")))
            return (null, Problems.Malformed("The nonce is not base64url without padding (RFC 8555 6.5.2)."));
        if (jws.Text("url") is not { Length: > 0 and <= MaxUrlLength } url) return (null, Problems.Malformed("The protected header must have a url (RFC 8555 6.4)."));
        var (jwk, kid) = (jws["jwk"], jws["kid"]);
        if (jwk.ValueKind == JsonValueKind.Undefined == (kid.ValueKind == JsonValueKind.Undefined))
            return (null, Problems.Malformed("The protected header must have a jwk or a kid, and not both (RFC 8555 6.2)."));
        if (kid.ValueKind != JsonValueKind.Undefined)
            return jws.Text("kid") is { Length: > 0 and <= MaxUrlLength } keyId
                ? (new Jws(jws, algorithm, null, keyId, jws.Text("nonce"), url), null)
                : (null, Problems.Malformed("The kid must be the URL of an account."));
        var (key, keyProblem) = Jwk.Parse(jwk);
        return key is null ? (null, keyProblem) : (new Jws(jws, algorithm, key, null, jws.Text("nonce"), url), null);
    }

    /// <summary>What both outer and inner signatures keep to: one of the algorithms, nothing critical, the right type.</summary>
    internal static AcmeProblem? AlgorithmOf(FlattenedJws jws, IReadOnlyList<string> accepted, out string algorithm)
    {
        algorithm = jws.Text("alg") ?? "";
        return accepted.Contains(algorithm) ? null
            : jws["alg"].ValueKind == JsonValueKind.Undefined ? Problems.Malformed("The protected header must have an alg.")
            : Problems.BadSignatureAlgorithm($"The alg must be one of {string.Join(", ", accepted)}.", accepted);
    }

    internal static string? HeaderProblem(FlattenedJws jws) =>
        jws["crit"].ValueKind != JsonValueKind.Undefined ? "crit names extensions that are not understood (RFC 7515 4.1.11)."
        : jws["b64"].ValueKind != JsonValueKind.Undefined ? "b64 is not understood; the payload is base64url."
        : jws["typ"].ValueKind != JsonValueKind.Undefined && jws.Text("typ") is not ("" or "application/jose+json" or "jose+json") ? "typ must be application/jose+json."
        : null;

    private static bool IsNonce(string? nonce) => nonce is { Length: > 0 and <= MaxNonceLength } && StrictBase64Url.Decode(nonce) is not null;
}
