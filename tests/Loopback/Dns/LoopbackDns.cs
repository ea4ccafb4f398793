using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace Certctl.Loopback.Dns;

/// <summary>
/// A recursive resolver made of a table, over UDP and TCP on one port of 127.0.0.1. Sets of records may be changed while it runs;
/// each method replaces the whole set of its name and type.
/// </summary>
public sealed class LoopbackDns : IAsyncDisposable
{
    private const int MaxAliases = 16;
    private const int MaxBinds = 10;
    private static readonly DnsType[] Types = [DnsType.A, DnsType.Aaaa, DnsType.Txt, DnsType.Caa, DnsType.Cname];
    private readonly ConcurrentDictionary<(string Name, DnsType Type), Replies> table = [];
    private readonly CancellationTokenSource stopping = new();
    private readonly LoopbackListener tcp;
    private readonly Socket udp;
    private readonly Task receiving;

    /// <summary>Starts at once.</summary>
    /// <param name="port">0 for any that is free.</param>
    public LoopbackDns(int port = 0)
    {
        (tcp, udp) = Bind(port, port == 0 ? MaxBinds : 1);
        EndPoint = new IPEndPoint(IPAddress.Loopback, tcp.Port);
        receiving = Task.Run(ReceiveAsync);
    }

    public IPEndPoint EndPoint { get; }

    /// <summary>Address of every name that is not in the table; null for none.</summary>
    public IPAddress? Fallback { get; set; }

    /// <summary>Whether an answer has the whole chain of aliases, as a resolver's should, or its first link only.</summary>
    public bool FollowsAliases { get; set; } = true;

    /// <summary>Told of every question.</summary>
    public Action<string, DnsType>? Asked { get; set; }

    /// <summary>A and AAAA records.</summary>
    public void Address(string name, params string[] addresses)
    {
        Reply(name, DnsType.A, DnsReply.Records(addresses.Where(a => !a.Contains(':')).Select(DnsWire.Address)));
        Reply(name, DnsType.Aaaa, DnsReply.Records(addresses.Where(a => a.Contains(':')).Select(DnsWire.Address)));
    }

    public void Txt(string name, params string[] texts) => Reply(name, DnsType.Txt, DnsReply.Records(texts.Select(DnsWire.Texts)));

    public void Caa(string name, params (byte Flags, string Tag, string Value)[] records) =>
        Reply(name, DnsType.Caa, DnsReply.Records(records.Select(r => DnsWire.Caa(r.Flags, r.Tag, r.Value))));

    public void Cname(string name, string target) => Reply(name, DnsType.Cname, DnsReply.Records([DnsWire.Name(target)]));

    /// <summary>Answers in turn; the last one stays.</summary>
    public void Reply(string name, DnsType type, params DnsReply[] successive) => table[(DnsWire.Key(name), type)] = new Replies(successive);

    /// <summary>Forgets all of a name.</summary>
    public void Remove(string name)
    {
        foreach (var type in Types) table.TryRemove((DnsWire.Key(name), type), out _);
    }

    public async ValueTask DisposeAsync()
    {
        await stopping.CancelAsync();
        await receiving;
        udp.Dispose();
        await tcp.DisposeAsync();
        stopping.Dispose();
    }

    /// <summary>A port that is free for TCP may be taken for UDP.</summary>
    private (LoopbackListener Tcp, Socket Udp) Bind(int port, int tries)
    {
        var listener = new LoopbackListener(new IPEndPoint(IPAddress.Loopback, port), ServeAsync);
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp) { ReceiveBufferSize = 1 << 20 };
        try
        {
            socket.Bind(new IPEndPoint(IPAddress.Loopback, listener.Port));
            return (listener, socket);
        }
        catch (SocketException) when (tries > 1)
        {
            socket.Dispose();
            listener.DisposeAsync().AsTask().GetAwaiter().GetResult();
            return Bind(port, tries - 1);
        }
    }

    private async Task ReceiveAsync()
    {
        var buffer = new byte[4096];
        var from = new SocketAddress(AddressFamily.InterNetwork);
        try
        {
            while (true)
            {
                var length = await udp.ReceiveFromAsync(buffer, SocketFlags.None, from, stopping.Token);
                if (DnsWire.TryParse(buffer.AsSpan(0, length)) is not { } query || Answer(query) is not { } answer) continue;
                await udp.SendToAsync(answer.Length <= DnsWire.MaxUdpLength ? answer : DnsWire.Truncated(query), SocketFlags.None, from, stopping.Token);
            }
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // Disposed of.
        }
    }

    private async Task ServeAsync(NetworkStream stream, CancellationToken cancellationToken)
    {
        var length = new byte[2];
        while (await stream.ReadAtLeastAsync(length, 2, throwOnEndOfStream: false, cancellationToken) == 2)
        {
            var message = new byte[(length[0] << 8) | length[1]];
            await stream.ReadExactlyAsync(message, cancellationToken);
            if (DnsWire.TryParse(message) is not { } query || Answer(query) is not { } answer) return;
            await stream.WriteAsync((byte[])[(byte)(answer.Length >> 8), (byte)answer.Length, .. answer], cancellationToken);
        }
    }

    private byte[]? Answer(DnsQuery query)
    {
        Asked?.Invoke(query.Name, query.Type);
        var answers = new List<(string, DnsType, byte[])>();
        var owner = query.Name;
        for (var aliases = 0; aliases <= MaxAliases; aliases++)
        {
            if (table.TryGetValue((owner, query.Type), out var replies) && replies.Next() is var reply && reply is not { Kind: DnsReplyKind.Records, Rdata.Count: 0 })
            {
                answers.AddRange(reply.Rdata.Select(rdata => (owner, query.Type, rdata)));
                return reply.Kind switch
                {
                    DnsReplyKind.Silence => null,
                    DnsReplyKind.ServFail => DnsWire.Response(query, 2, [], negative: false),
                    DnsReplyKind.NxDomain => DnsWire.Response(query, 3, answers, negative: true),
                    _ => DnsWire.Response(query, 0, answers, negative: false),
                };
            }

            if (!table.TryGetValue((owner, DnsType.Cname), out var alias)) break;
            var target = alias.Next().Rdata[0];
            answers.Add((owner, DnsType.Cname, target));
            if (!FollowsAliases) return DnsWire.Response(query, 0, answers, negative: false);
            owner = DnsWire.NameOf(target);
        }

        if (Array.Exists(Types, type => table.ContainsKey((owner, type)))) return DnsWire.Response(query, 0, answers, negative: true);
        if (Fallback is null || query.Type != DnsType.A) return DnsWire.Response(query, Fallback is null ? 3 : 0, answers, negative: true);
        answers.Add((owner, DnsType.A, Fallback.GetAddressBytes()));
        return DnsWire.Response(query, 0, answers, negative: false);
    }

    private sealed class Replies(DnsReply[] successive)
    {
        private int asked = -1;

        public DnsReply Next() => successive[Math.Min(Interlocked.Increment(ref asked), successive.Length - 1)];
    }
}
