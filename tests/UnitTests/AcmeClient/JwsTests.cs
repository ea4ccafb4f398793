using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Certctl.Rfc8555;

namespace Certctl.UnitTests.AcmeClient;

public sealed class JwsTests
{
    [Fact]
    public void Es256_verifies_over_header_and_payload()
    {
        using var pair = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var key = AcmeAccountKey.FromEcdsa(pair);
        var jws = JsonSerializer.Deserialize<JsonElement>(Jws.Flattened("""{"alg":"ES256"}""", "payload"u8, key.Sign));
        string Part(string name) => jws.GetProperty(name).GetString()!;

        Assert.Equal("""{"alg":"ES256"}""", Encoding.UTF8.GetString(Base64Url.DecodeFromChars(Part("protected"))));
        Assert.Equal("payload", Encoding.UTF8.GetString(Base64Url.DecodeFromChars(Part("payload"))));
        var input = Encoding.ASCII.GetBytes(Part("protected") + "." + Part("payload"));
        Assert.True(pair.VerifyData(input, Base64Url.DecodeFromChars(Part("signature")), HashAlgorithmName.SHA256));
    }

    [Fact]
    public void Post_as_get_has_an_empty_payload()
    {
        using var key = AcmeAccountKey.Es256();
        Assert.Contains("\"payload\":\"\",", Encoding.UTF8.GetString(Jws.Flattened("{}", [], key.Sign)), StringComparison.Ordinal);
    }

    public static TheoryData<string, int> Keys => new() { { "ES256", 64 }, { "ES384", 96 }, { "ES512", 132 }, { "RS256", 256 }, { "PS256", 256 }, { "EdDSA", 64 } };

    [Theory]
    [MemberData(nameof(Keys))]
    public void Each_algorithm_signs_with_its_length_and_has_an_ordered_jwk(string algorithm, int length)
    {
        using var key = algorithm switch
        {
            "ES256" => AcmeAccountKey.Es256(),
            "ES384" => AcmeAccountKey.Es384(),
            "ES512" => AcmeAccountKey.Es512(),
            "RS256" => AcmeAccountKey.Rs256(),
            "PS256" => AcmeAccountKey.Ps256(),
            _ => AcmeAccountKey.EdDsa(),
        };

        Assert.Equal(algorithm, key.Algorithm);
        Assert.Equal(length, key.Sign([1, 2, 3]).Length);
        var names = JsonSerializer.Deserialize<JsonElement>(key.Jwk).EnumerateObject().Select(p => p.Name).ToArray();
        Assert.Equal(names.Order(StringComparer.Ordinal), names);
        Assert.Equal("token." + key.Thumbprint, key.KeyAuthorization("token"));
    }
}
