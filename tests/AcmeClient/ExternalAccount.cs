using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Certctl.Rfc8555;

/// <summary>The key that binds an account to one outside (RFC 8555 7.3.4).</summary>
/// <param name="HmacKey">Base64url, as operators get it.</param>
/// <param name="Algorithm">HS256, HS384 or HS512.</param>
public sealed record ExternalAccount(string KeyId, string HmacKey, string Algorithm = "HS256")
{
    /// <summary>The JWS over the account's public key.</summary>
    public byte[] Bind(AcmeAccountKey account, string newAccountUrl)
    {
        var header = $$"""{"alg":"{{Algorithm}}","kid":{{JsonSerializer.Serialize(KeyId)}},"url":"{{newAccountUrl}}"}""";
        return Jws.Flattened(header, Encoding.UTF8.GetBytes(account.Jwk), Mac);
    }

    private byte[] Mac(byte[] data)
    {
        var secret = Base64Url.DecodeFromChars(HmacKey);
        return Algorithm switch
        {
            "HS384" => HMACSHA384.HashData(secret, data),
            "HS512" => HMACSHA512.HashData(secret, data),
            _ => HMACSHA256.HashData(secret, data),
        };
    }
}
