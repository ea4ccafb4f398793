using System.Security.Cryptography;
using System.Text.Json;

namespace Certctl.AcmeService.Protocol;

/// <summary>A binding to an external account; its MAC is not verified yet.</summary>
public sealed class ExternalAccountBinding
{
    private readonly FlattenedJws jws;
    private readonly string algorithm;

    internal ExternalAccountBinding(FlattenedJws jws, string algorithm, string keyId) => (this.jws, this.algorithm, KeyId) = (jws, algorithm, keyId);

    public string KeyId { get; }

    /// <summary>Whether the MAC is this key's; takes the same time for any MAC of its length.</summary>
    public bool Verify(ReadOnlySpan<byte> macKey)
    {
        var mac = algorithm switch
        {
            "HS256" => HMACSHA256.HashData(macKey, jws.SigningInput),
            "HS384" => HMACSHA384.HashData(macKey, jws.SigningInput),
            _ => HMACSHA512.HashData(macKey, jws.SigningInput),
        };
        return CryptographicOperations.FixedTimeEquals(mac, jws.Signature);
    }
}

/// <summary>Reads an external account binding (RFC 8555 7.3.4).</summary>
public static class ExternalAccountBindingReader
{
    private const int MaxKeyIdLength = 128;
    private static readonly string[] Algorithms = ["HS256", "HS384", "HS512"];

    /// <param name="binding">The member of the request, out of <see cref="Wire"/>.</param>
    /// <param name="outerUrl">The url of the request's protected header.</param>
    /// <param name="accountKey">The key of the account to be.</param>
    public static (ExternalAccountBinding? Binding, AcmeProblem? Problem) Read(JsonElement binding, string outerUrl, Jwk accountKey)
    {
        var (jws, problem, _) = FlattenedJws.Read(binding);
        if (jws is null) return (null, problem! with { Detail = $"The external account binding: {problem.Detail}" });
        if (JwsReader.AlgorithmOf(jws, Algorithms, out var algorithm) is { } badAlgorithm) return (null, badAlgorithm);
        if (JwsReader.HeaderProblem(jws) is { } badHeader) return Refused(badHeader);
        if (jws["nonce"].ValueKind != JsonValueKind.Undefined) return Refused("it must have no nonce.");
        if (jws["jwk"].ValueKind != JsonValueKind.Undefined) return Refused("it must have no jwk.");
        // A NUL is no text to the database that is asked for the key.
        if (jws.Text("kid") is not { Length: > 0 and <= MaxKeyIdLength } keyId || keyId.Any(char.IsControl)) return Refused("its kid must be the key identifier that the operator gave out.");
        if (jws.Text("url") != outerUrl) return Refused("its url must be that of the outer header.");
        return Jwk.Parse(StrictJson.Parse(jws.Payload)).Key?.Thumbprint == accountKey.Thumbprint
            ? (new ExternalAccountBinding(jws, algorithm, keyId), null)
            : Refused("its payload must be the account's key.");
    }

    private static (ExternalAccountBinding?, AcmeProblem?) Refused(string why) => (null, Problems.Malformed($"The external account binding: {why}"));
}
