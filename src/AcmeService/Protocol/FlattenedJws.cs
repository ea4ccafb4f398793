using System.Text;
using System.Text.Json;

namespace Certctl.AcmeService.Protocol;

/// <summary>A JWS in flattened JSON serialization (RFC 7515 7.2.2), taken apart and not judged.</summary>
internal sealed class FlattenedJws
{
    private const int MaxSignatureLength = 1024;

    private FlattenedJws(JsonElement header, byte[] payload, byte[] signature, byte[] signingInput) =>
        (Header, Payload, Signature, SigningInput) = (header, payload, signature, signingInput);

    /// <summary>The protected header, an object.</summary>
    public JsonElement Header { get; }
    public byte[] Payload { get; }
    public byte[] Signature { get; }

    /// <summary>RFC 7515 5.1.</summary>
    public byte[] SigningInput { get; }

    /// <summary>A member of the protected header; undefined when it is not there.</summary>
    public JsonElement this[string name] => Header.TryGetProperty(name, out var value) ? value : default;

    /// <summary>A text of the protected header; null when it is not there or no text.</summary>
    public string? Text(string name) => Header.Text(name);

    /// <summary>Reads a body. The protected header is given back also when the rest is refused, as far as it could be read.</summary>
    public static (FlattenedJws? Jws, AcmeProblem? Problem, JsonElement Header) Read(ReadOnlyMemory<byte> json) => Read(StrictJson.Parse(json.Span));

    /// <param name="jws">Out of <see cref="StrictJson"/> or <see cref="Wire"/>.</param>
    public static (FlattenedJws? Jws, AcmeProblem? Problem, JsonElement Header) Read(JsonElement jws)
    {
        if (jws.ValueKind != JsonValueKind.Object) return (null, Problems.Malformed("This is not a JWS in flattened JSON serialization (RFC 7515 7.2.2)."), default);
        var first = jws.Text("protected");
        var header = StrictBase64Url.Decode(first) is { } bytes ? StrictJson.Parse(bytes) : default;
        if (jws.TryGetProperty("signatures", out _)) return Refused("A request has exactly one signature (RFC 8555 6.2).");
        if (jws.TryGetProperty("header", out _)) return Refused("A request has no unprotected header (RFC 8555 6.2).");
        foreach (var member in jws.EnumerateObject())
            if (member.Name is not ("protected" or "payload" or "signature"))
                return Refused("A request has the members protected, payload and signature, and no others.");
        var (payload, signature) = (jws.Text("payload"), jws.Text("signature"));
        if (first is null || payload is null || signature is null) return Refused("protected, payload and signature must be texts.");
        if (header.ValueKind != JsonValueKind.Object) return Refused("The protected header is not a JSON object in base64url without padding.");
        if (StrictBase64Url.Decode(payload) is not { } content) return Refused("The payload is not base64url without padding.");
        return signature.Length <= MaxSignatureLength && StrictBase64Url.Decode(signature) is { Length: > 0 } proof
            ? (new FlattenedJws(header, content, proof, Encoding.ASCII.GetBytes($"{first}.{payload}")), null, header)
            : Refused("The signature is not base64url without padding.");

        (FlattenedJws?, AcmeProblem?, JsonElement) Refused(string why) => (null, Problems.Malformed(why), header);
    }
}
