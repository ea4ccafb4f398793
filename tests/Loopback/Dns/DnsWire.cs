using System.Buffers.Binary;
using System.Net;
using System.Text;

namespace Certctl.Loopback.Dns;

/// <summary>A question as it came, and the bytes that repeat it.</summary>
internal sealed record DnsQuery(ushort Id, string Name, DnsType Type, byte[] Question);

/// <summary>DNS messages (RFC 1035 4), as much of them as a responder needs; names are not compressed.</summary>
internal static class DnsWire
{
    /// <summary>Longest answer over UDP in bytes: what any resolver may send without asking (RFC 1035 4.2.1).</summary>
    public const int MaxUdpLength = 512;

    private const int HeaderLength = 12;
    private const ushort ResponseFlags = 0x8180;
    private const ushort TruncatedFlag = 0x0200;

    /// <summary>Null when it is not a query with one question.</summary>
    public static DnsQuery? TryParse(ReadOnlySpan<byte> message)
    {
        if (message.Length < HeaderLength || BinaryPrimitives.ReadUInt16BigEndian(message[4..]) != 1) return null;
        var labels = new List<string>();
        var at = HeaderLength;
        while (at < message.Length && message[at] is > 0 and < 64)
        {
            if (at + 1 + message[at] >= message.Length) return null;
            labels.Add(Encoding.ASCII.GetString(message.Slice(at + 1, message[at])));
            at += 1 + message[at];
        }

        if (at + 5 > message.Length || message[at] != 0) return null;
        var type = (DnsType)BinaryPrimitives.ReadUInt16BigEndian(message[(at + 1)..]);
        return new DnsQuery(BinaryPrimitives.ReadUInt16BigEndian(message), Key(string.Join('.', labels)), type, message[HeaderLength..(at + 5)].ToArray());
    }

    /// <summary>A whole response. A negative one has an SOA record in its authority section (RFC 2308 2).</summary>
    public static byte[] Response(DnsQuery query, int code, IReadOnlyList<(string Name, DnsType Type, byte[] Rdata)> answers, bool negative)
    {
        var message = Head(query, (ushort)(ResponseFlags | code), answers.Count, negative ? 1 : 0);
        foreach (var (name, type, rdata) in answers) Record(message, name, type, rdata);
        if (negative) Record(message, "", DnsType.Soa, [0, 0, .. new byte[20]]);
        return [.. message];
    }

    /// <summary>Says that the answer is to be had over TCP.</summary>
    public static byte[] Truncated(DnsQuery query) => [.. Head(query, ResponseFlags | TruncatedFlag, 0, 0)];

    /// <summary>Names without regard to case and without the root's dot.</summary>
    public static string Key(string name) => name.TrimEnd('.').ToLowerInvariant();

    public static byte[] Address(string address) => IPAddress.Parse(address).GetAddressBytes();

    public static byte[] Name(string name) =>
        [.. Key(name).Split('.', StringSplitOptions.RemoveEmptyEntries).SelectMany(label => Text(label)), 0];

    /// <summary>The text of an uncompressed name.</summary>
    public static string NameOf(ReadOnlySpan<byte> name)
    {
        var labels = new List<string>();
        for (var at = 0; name[at] != 0; at += 1 + name[at]) labels.Add(Encoding.ASCII.GetString(name.Slice(at + 1, name[at])));
        return string.Join('.', labels);
    }

    /// <summary>A text in strings of at most 255 bytes (RFC 1035 3.3.14).</summary>
    public static byte[] Texts(string text) =>
        text.Length == 0 ? [0] : [.. text.Chunk(255).SelectMany(part => Text(new string(part)))];

    public static byte[] Caa(byte flags, string tag, string value) => [flags, .. Text(tag), .. Encoding.ASCII.GetBytes(value)];

    private static byte[] Text(string text) => [(byte)text.Length, .. Encoding.ASCII.GetBytes(text)];

    private static List<byte> Head(DnsQuery query, ushort flags, int answers, int authorities) =>
        [.. Number(query.Id), .. Number(flags), .. Number(1), .. Number(answers), .. Number(authorities), .. Number(0), .. query.Question];

    private static void Record(List<byte> message, string name, DnsType type, byte[] rdata)
    {
        message.AddRange(Name(name));
        message.AddRange([.. Number((int)type), .. Number(1), 0, 0, 0, 0, .. Number(rdata.Length)]);
        message.AddRange(rdata);
    }

    private static byte[] Number(int number) => [(byte)(number >> 8), (byte)number];
}
