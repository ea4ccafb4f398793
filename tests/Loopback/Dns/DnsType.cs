namespace Certctl.Loopback.Dns;

/// <summary>Record types, by their numbers (RFC 1035 3.2.2, RFC 3596, RFC 8659).</summary>
public enum DnsType
{
    A = 1,
    Cname = 5,
    Soa = 6,
    Txt = 16,
    Aaaa = 28,
    Caa = 257,
}

/// <summary>How a question is answered.</summary>
public enum DnsReplyKind { Records, ServFail, NxDomain, Silence }

/// <summary>One answer.</summary>
/// <param name="Rdata">The data of each record of the asked type, in wire form.</param>
public sealed record DnsReply(DnsReplyKind Kind, IReadOnlyList<byte[]> Rdata)
{
    public static readonly DnsReply ServFail = new(DnsReplyKind.ServFail, []);
    public static readonly DnsReply NxDomain = new(DnsReplyKind.NxDomain, []);
    public static readonly DnsReply Silence = new(DnsReplyKind.Silence, []);

    public static DnsReply Records(IEnumerable<byte[]> rdata) => new(DnsReplyKind.Records, [.. rdata]);
}
