using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Certctl.Core.Pki;

namespace Certctl.AcmeService.Protocol;

/// <summary>A public key as a JWK (RFC 7517, RFC 8037), checked and ready to verify.</summary>
public sealed class Jwk
{
    private static readonly string[] PrivateMembers = ["d", "p", "q", "dp", "dq", "qi", "oth", "k"];

    private Jwk(string json, VerificationKey key)
    {
        (Json, Key) = (json, key);
        Thumbprint = Base64Url.EncodeToString(SHA256.HashData(Encoding.UTF8.GetBytes(json)));
    }

    /// <summary>RFC 7638: SHA-256 over the required members, base64url.</summary>
    public string Thumbprint { get; }

    /// <summary>The required members in their lexicographic order: what is stored, and what the thumbprint is over.</summary>
    public string Json { get; }

    public VerificationKey Key { get; }

    /// <summary>Reads a key; members besides the required ones are ignored, private ones are refused.</summary>
    /// <param name="jwk">Out of <see cref="StrictJson"/> or <see cref="Wire"/>.</param>
    public static (Jwk? Key, AcmeProblem? Problem) Parse(JsonElement jwk)
    {
        if (jwk.ValueKind != JsonValueKind.Object) return (null, Problems.Malformed("The jwk is not a JSON object."));
        if (PrivateMembers.Any(name => jwk.TryGetProperty(name, out _)))
            return (null, Problems.BadPublicKey("The jwk holds a private key; consider it compromised."));
        return jwk.Text("kty") switch
        {
            "RSA" => Rsa(jwk),
            "EC" => Ec(jwk),
            "OKP" => Okp(jwk),
            _ => (null, Problems.BadPublicKey("The kty of the jwk must be RSA, EC or OKP.")),
        };
    }

    /// <summary>A key that was parsed before.</summary>
    /// <exception cref="InvalidOperationException">The text is not what <see cref="Json"/> was.</exception>
    public static Jwk FromStored(string json)
    {
        using var document = JsonDocument.Parse(json);
        return Parse(document.RootElement).Key ?? throw new InvalidOperationException("A stored account key cannot be read.");
    }

    private static (Jwk?, AcmeProblem?) Rsa(JsonElement jwk)
    {
        var (n, e) = (jwk.Text("n"), jwk.Text("e"));
        return Bytes(n) is { } modulus && Bytes(e) is { } exponent
            ? Made($$"""{"e":"{{e}}","kty":"RSA","n":"{{n}}"}""", VerificationKey.FromRsa(modulus, exponent))
            : Missing("n and e");
    }

    private static (Jwk?, AcmeProblem?) Ec(JsonElement jwk)
    {
        var (crv, x, y) = (jwk.Text("crv") ?? "", jwk.Text("x"), jwk.Text("y"));
        return Bytes(x) is { } first && Bytes(y) is { } second
            ? Made($$"""{"crv":"{{crv}}","kty":"EC","x":"{{x}}","y":"{{y}}"}""", VerificationKey.FromEc(crv, first, second))
            : Missing("x and y");
    }

    private static (Jwk?, AcmeProblem?) Okp(JsonElement jwk)
    {
        if (jwk.Text("crv") != "Ed25519") return (null, Problems.BadPublicKey("The crv of an OKP jwk must be Ed25519."));
        var x = jwk.Text("x");
        return Bytes(x) is { } bytes ? Made($$"""{"crv":"Ed25519","kty":"OKP","x":"{{x}}"}""", VerificationKey.FromEd25519(bytes)) : Missing("x");
    }

    private static (Jwk?, AcmeProblem?) Made(string json, (VerificationKey? Key, string? Error) made) =>
        made.Key is null ? (null, Problems.BadPublicKey($"The jwk is refused: {made.Error}.")) : (new Jwk(json, made.Key), null);

    private static (Jwk?, AcmeProblem?) Missing(string members) => (null, Problems.BadPublicKey($"The jwk must have {members} in base64url without padding."));

    /// <summary>No key that is accepted has a longer member.</summary>
    private static byte[]? Bytes(string? text) => text?.Length <= 1024 ? StrictBase64Url.Decode(text) : null;
}
