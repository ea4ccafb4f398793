using System.Text;

namespace Certctl.UnitTests.Fuzzing;

/// <summary>Text that nearly is what it should be, JSON above all.</summary>
internal static class ByteMutations
{
    private static readonly byte[][] Snippets =
    [
        .. new[]
        {
            "null", "{}", "[]", "7", "-0", "1e999", "\"\"", "true", "\"\\ud800\"", "\\u0000", "\\udc00", "\u00e9", "\uD83D\uDE00", ",", ":", "\"", "}", "]", " ", "\r\n", "=",
            "-----BEGIN CERTIFICATE-----\n", "-----END CERTIFICATE REQUEST-----", "%00", "%ff", "+", new string('9', 400), new string('[', 200), new string('A', 3_000),
        }.Select(Encoding.UTF8.GetBytes),
        [0xff], [0xc0, 0x80], [0], [0xed, 0xa0, 0x80],
    ];

    public static byte[] Of(byte[] bytes, Random random)
    {
        var (from, to) = (random.Next(bytes.Length + 1), random.Next(bytes.Length + 1));
        if (from > to) (from, to) = (to, from);
        var snippet = Snippets[random.Next(Snippets.Length)];
        switch (random.Next(6))
        {
            case 0: return bytes[..to];
            case 1: return [.. bytes[..from], .. bytes[to..]];
            case 2: return [.. bytes[..to], .. bytes[from..]];
            case 3: return [.. bytes[..from], .. snippet, .. bytes[from..]];
            case 4: return [.. bytes[..from], .. snippet, .. bytes[to..]];
            default:
                var flipped = (byte[])bytes.Clone();
                for (var i = random.Next(1, 5); i > 0 && bytes.Length > 0; i--) flipped[random.Next(bytes.Length)] ^= (byte)(1 << random.Next(8));
                return flipped;
        }
    }
}
