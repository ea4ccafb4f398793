using System.Buffers.Text;

namespace Certctl.AcmeService.Protocol;

/// <summary>base64url as RFC 7515 2 has it: no padding, no white space, and one text for each value.</summary>
public static class StrictBase64Url
{
    /// <summary>The bytes; null when the text is anything else.</summary>
    public static byte[]? Decode(string? text)
    {
        if (text is null || text.AsSpan().ContainsAnyExcept(Alphabet) || text.Length % 4 == 1) return null;
        var bytes = new byte[Base64Url.GetMaxDecodedLength(text.Length)];
        return Base64Url.TryDecodeFromChars(text, bytes, out var length) && length == bytes.Length && LastBitsAreZero(text) ? bytes : null;
    }

    private static readonly System.Buffers.SearchValues<char> Alphabet =
        System.Buffers.SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_");

    /// <summary>The last character carries two or four bits that no byte takes: a second text for the same bytes is refused.</summary>
    private static bool LastBitsAreZero(string text)
    {
        if (text.Length % 4 == 0) return true;
        var value = text[^1] switch
        {
            >= 'A' and <= 'Z' and var c => c - 'A',
            >= 'a' and <= 'z' and var c => c - 'a' + 26,
            >= '0' and <= '9' and var c => c - '0' + 52,
            '-' => 62,
            _ => 63,
        };
        return (value & (text.Length % 4 == 2 ? 0b1111 : 0b11)) == 0;
    }
}
