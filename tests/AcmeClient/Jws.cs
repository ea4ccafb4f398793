using System.Buffers.Text;
using System.Text;

namespace Certctl.Rfc8555;

/// <summary>Flattened JWS JSON serialization (RFC 7515 7.2.2).</summary>
public static class Jws
{
    /// <param name="protectedHeader">JSON, taken as it is: a test may give anything.</param>
    /// <param name="payload">Taken as it is; empty for POST-as-GET.</param>
    /// <param name="sign">Gets the signing input of RFC 7515 5.1.</param>
    public static byte[] Flattened(string protectedHeader, ReadOnlySpan<byte> payload, Func<byte[], byte[]> sign)
    {
        var header = Encoding.UTF8.GetBytes(protectedHeader);
        var length = Base64Url.GetEncodedLength(header.Length);
        var input = new byte[length + 1 + Base64Url.GetEncodedLength(payload.Length)];
        Base64Url.EncodeToUtf8(header, input);
        input[length] = (byte)'.';
        Base64Url.EncodeToUtf8(payload, input.AsSpan(length + 1));
        var signature = Base64Url.EncodeToUtf8(sign(input));
        return
        [
            .. "{\"protected\":\""u8, .. input.AsSpan(0, length), .. "\",\"payload\":\""u8, .. input.AsSpan(length + 1),
            .. "\",\"signature\":\""u8, .. signature, .. "\"}"u8,
        ];
    }
}
