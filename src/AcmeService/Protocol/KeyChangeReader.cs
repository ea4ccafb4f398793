using System.Text.Json;

namespace Certctl.AcmeService.Protocol;

/// <summary>What the inner JWS of a key change says.</summary>
/// <param name="Account">URL of the account.</param>
public sealed record KeyChange(string Account, string OldKeyThumbprint, Jwk NewKey);

/// <summary>Reads and verifies the inner JWS of a key change (RFC 8555 7.3.5).</summary>
public static class KeyChangeReader
{
    /// <param name="outerPayload">The payload of the request: the inner JWS.</param>
    /// <param name="outerUrl">The url of the request's protected header.</param>
    public static (KeyChange? Change, AcmeProblem? Problem) Read(ReadOnlyMemory<byte> outerPayload, string outerUrl)
    {
        var (jws, problem, _) = FlattenedJws.Read(outerPayload);
        if (jws is null) return (null, problem! with { Detail = $"The inner JWS: {problem.Detail}" });
        if (JwsReader.AlgorithmOf(jws, Jws.Algorithms, out var algorithm) is { } badAlgorithm) return (null, badAlgorithm);
        if (JwsReader.HeaderProblem(jws) is { } badHeader) return Refused(badHeader);
        if (jws["kid"].ValueKind != JsonValueKind.Undefined) return Refused("it must have no kid.");
        if (jws["nonce"].ValueKind != JsonValueKind.Undefined) return Refused("it must have no nonce.");
        if (jws.Text("url") != outerUrl) return Refused("its url must be that of the outer header.");
        if (jws["jwk"].ValueKind == JsonValueKind.Undefined) return Refused("it must have the new key as its jwk.");
        var (newKey, keyProblem) = Jwk.Parse(jws["jwk"]);
        if (newKey is null) return (null, keyProblem);
        if (!newKey.Key.Algorithms.Contains(algorithm)) return (null, Problems.BadSignatureAlgorithm($"{algorithm} does not fit the new key.", newKey.Key.Algorithms));
        if (!newKey.Key.Verify(algorithm, jws.SigningInput, jws.Signature)) return Refused("its signature does not verify with the new key.");
        return Payload(jws.Payload, newKey);
    }

    private static (KeyChange?, AcmeProblem?) Payload(byte[] payload, Jwk newKey)
    {
        if (Wire.Read<KeyChangePayload>(payload, out var change) is { } unreadable) return (null, unreadable with { Detail = $"The inner JWS: {unreadable.Detail}" });
        var (oldKey, problem) = Jwk.Parse(change.OldKey);
        return oldKey is null ? (null, problem) : (new KeyChange(change.Account, oldKey.Thumbprint, newKey), null);
    }

    private static (KeyChange?, AcmeProblem?) Refused(string why) => (null, Problems.Malformed($"The inner JWS: {why}"));
}

/// <summary>The payload of the inner JWS.</summary>
public sealed record KeyChangePayload(string Account, JsonElement OldKey);
