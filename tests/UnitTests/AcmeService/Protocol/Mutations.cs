using System.Buffers.Text;
using System.Text.Json.Nodes;
using static Certctl.UnitTests.AcmeService.Protocol.SignedRequests;

namespace Certctl.UnitTests.AcmeService.Protocol;

/// <summary>Bodies that nearly are what they should be, the same for the same seed.</summary>
internal sealed class Mutations(int seed)
{
    private static readonly byte[][] Snippets =
    [
        .. new[]
        {
            "null", "{}", "[]", "7", "-0", "1e999", "\"\"", "true", "\"\\ud800\"", "\\u0000", "\\udc00", "\"nonce\":\"AA\",", "\"crit\":[\"b64\"],", "\"jwk\":{},",
            "\"kid\":\"a\",", "\"alg\":\"none\",", "\"header\":{},", "\"signatures\":[],", "\u00e9", "\uD83D\uDE00", ",", ":", "\"", "}", "]", " ", "\n", "=",
            new string('9', 400), new string('[', 200), "{\"a\":" + new string('[', 9), new string('A', 3_000),
        }.Select(Bytes),
        [0xff], [0xc0, 0x80], [0], [0xed, 0xa0, 0x80],
    ];

    private readonly Random random = new(seed);

    /// <summary>Every second one is made inside the header or the payload, so that it gets past base64url.</summary>
    public byte[] OfJws(byte[] body)
    {
        if (random.Next(2) == 0) return Of(body);
        var json = JsonNode.Parse(body)!.AsObject();
        var member = random.Next(3) == 0 ? "payload" : "protected";
        json[member] = Base64Url.EncodeToString(Of(Base64Url.DecodeFromChars((string)json[member]!)));
        return Bytes(json.ToJsonString());
    }

    public byte[] Of(byte[] bytes)
    {
        if (bytes.Length == 0) return Snippet();
        var (from, to) = (random.Next(bytes.Length), random.Next(bytes.Length));
        if (from > to) (from, to) = (to, from);
        return random.Next(8) switch
        {
            0 or 1 => Flipped(bytes),
            2 => bytes[..to],
            3 => [.. bytes[..from], .. bytes[to..]],
            4 => [.. bytes[..to], .. bytes[from..]],
            5 => [.. bytes[..from], .. Snippet(), .. bytes[from..]],
            6 => WithAnotherValue(bytes, from),
            _ => WithMemberTwice(bytes),
        };
    }

    private byte[] Snippet() => Snippets[random.Next(Snippets.Length)];

    private byte[] Flipped(byte[] bytes)
    {
        var flipped = (byte[])bytes.Clone();
        for (var i = random.Next(1, 4); i > 0; i--) flipped[random.Next(bytes.Length)] ^= (byte)(1 << random.Next(8));
        return flipped;
    }

    private byte[] WithAnotherValue(byte[] bytes, int from)
    {
        var start = Array.IndexOf(bytes, (byte)':', from);
        var end = start < 0 ? -1 : bytes.AsSpan(start).IndexOfAny((byte)',', (byte)'}');
        return end < 0 ? Flipped(bytes) : [.. bytes[..(start + 1)], .. Snippet(), .. bytes[(start + end)..]];
    }

    private static byte[] WithMemberTwice(byte[] bytes)
    {
        var (start, end) = (Array.IndexOf(bytes, (byte)'{'), Array.IndexOf(bytes, (byte)','));
        return start < 0 || end < start ? [.. bytes, .. bytes] : [.. bytes[..(end + 1)], .. bytes[(start + 1)..]];
    }
}
