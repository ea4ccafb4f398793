using System.Buffers;
using System.Buffers.Text;

namespace Certctl.AcmeService.Protocol;

/// <summary>base64url as RFC 7515 2 has it: no padding, no white space, and one text for each value.</summary>
public static class StrictBase64Url
{
    private static readonly SearchValues<char> Alphabet =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_");

    /// <summary>The bytes; null when the text is anything else.</summary>
    public static byte[]? Decode(string? text)
    {
        if (text is null || text.AsSpan().ContainsAnyExcept(Alphabet) || text.Length % 4 == 1) return null;
        var bytes = new byte[Base64Url.GetMaxDecodedLength(text.Length)];
        // Not Done when the bits that no byte takes are not zero. The methods without a status throw then, TryDecodeFromChars too.
        return Base64Url.DecodeFromChars(text, bytes, out _, out var length) == OperationStatus.Done && length == bytes.Length ? bytes : null;
    }
}
