using Certctl.Core.Pki;

namespace Certctl.AcmeService.Protocol;

/// <summary>A request's JWS whose header keeps every rule of RFC 8555 6.2; its signature is not verified yet.</summary>
public sealed class Jws
{
    private readonly FlattenedJws jws;

    internal Jws(FlattenedJws jws, string algorithm, Jwk? jwk, string? keyId, string? nonce, string url) =>
        (this.jws, Algorithm, Jwk, KeyId, Nonce, Url) = (jws, algorithm, jwk, keyId, nonce, url);

    /// <summary>What is accepted (RFC 7518 3.1, RFC 8037 3.1).</summary>
    public static readonly IReadOnlyList<string> Algorithms = ["ES256", "ES384", "ES512", "EdDSA", "PS256", "RS256"];

    public string Algorithm { get; }

    /// <summary>Exactly one of these is there.</summary>
    public Jwk? Jwk { get; }
    public string? KeyId { get; }

    public string? Nonce { get; }
    public string Url { get; }
    public ReadOnlyMemory<byte> Payload => jws.Payload;

    /// <summary>RFC 8555 6.3: the payload is empty.</summary>
    public bool IsPostAsGet => jws.Payload.Length == 0;

    public bool Verify(VerificationKey key) => key.Verify(Algorithm, jws.SigningInput, jws.Signature);

    /// <summary>What is wrong when the algorithm does not fit the key.</summary>
    public AcmeProblem? AlgorithmProblem(Jwk key) => key.Key.Algorithms.Contains(Algorithm)
        ? null
        : Problems.BadSignatureAlgorithm($"{Algorithm} does not fit the key.", key.Key.Algorithms);
}

/// <summary>What a request's body holds.</summary>
/// <param name="Nonce">The nonce, whatever else is wrong: one that was shown is spent.</param>
public sealed record JwsReading(Jws? Jws, AcmeProblem? Problem, string? Nonce);
