using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Certctl.Load.Loopback;

/// <summary>A DNS server on loopback over UDP (RFC 1035 4), just enough for validations; no name is unknown to it.</summary>
internal sealed class DnsResponder : IAsyncDisposable
{
    private const int HeaderLength = 12;
    private const ushort TypeA = 1, TypeText = 16, ClassInternet = 1, PointerToQuestion = 0xC000 | HeaderLength;

    private readonly CancellationTokenSource stop = new();
    private readonly Socket socket;
    private readonly DnsTable table;
    private readonly Task answering;

    private DnsResponder(Socket socket, DnsTable table)
    {
        (this.socket, this.table) = (socket, table);
        answering = Task.Run(AnswerAsync);
    }

    /// <exception cref="SocketException">The port is taken.</exception>
    public static DnsResponder Start(int port, DnsTable table)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, port));
        return new DnsResponder(socket, table);
    }

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        await answering;
        socket.Dispose();
        stop.Dispose();
    }

    private async Task AnswerAsync()
    {
        var buffer = new byte[1500];
        var anyone = new IPEndPoint(IPAddress.Any, 0);
        while (!stop.IsCancellationRequested)
        {
            try
            {
                var received = await socket.ReceiveFromAsync(buffer, anyone, stop.Token);
                if (Answer(buffer.AsSpan(0, received.ReceivedBytes), table) is { } answer) await socket.SendToAsync(answer, received.RemoteEndPoint, stop.Token);
            }
            catch (Exception e) when (e is OperationCanceledException or SocketException)
            {
                // Stopped, or somebody who asked is gone.
            }
        }
    }

    /// <returns>Null for what is no query.</returns>
    internal static byte[]? Answer(ReadOnlySpan<byte> query, DnsTable table)
    {
        if (query.Length < HeaderLength || (query[2] & 0x80) != 0 || BinaryPrimitives.ReadUInt16BigEndian(query[4..]) != 1) return null;
        var at = HeaderLength;
        var labels = new List<string>();
        while (at < query.Length && query[at] is > 0 and < 64 and var length)
        {
            if (at + 1 + length > query.Length) return null;
            labels.Add(Encoding.ASCII.GetString(query.Slice(at + 1, length)));
            at += 1 + length;
        }

        if (at + 5 > query.Length || query[at] != 0) return null;
        var type = BinaryPrimitives.ReadUInt16BigEndian(query[(at + 1)..]);
        return Message(query[..(at + 5)], Records(type, string.Join('.', labels), table));
    }

    private static List<byte[]> Records(ushort type, string name, DnsTable table) => type switch
    {
        TypeA => [[127, 0, 0, 1]],
        // One character-string; the values here are shorter than its 255 bytes.
        TypeText => [.. table.Texts(name).Select(t => (byte[])[(byte)t.Length, .. Encoding.ASCII.GetBytes(t)])],
        _ => [],
    };

    private static byte[] Message(ReadOnlySpan<byte> question, List<byte[]> records)
    {
        var type = BinaryPrimitives.ReadUInt16BigEndian(question[^4..]);
        var message = new byte[question.Length + records.Sum(r => 12 + r.Length)];
        question.CopyTo(message);
        message[2] = (byte)(0x84 | (question[2] & 1)); // An answer, authoritative, recursion desired as asked.
        message[3] = 0x80; // Recursion available, no error.
        BinaryPrimitives.WriteUInt16BigEndian(message.AsSpan(6), (ushort)records.Count);
        message.AsSpan(8, 4).Clear(); // No authority, and no EDNS even where the query has it.
        var rest = message.AsSpan(question.Length);
        foreach (var record in records)
        {
            BinaryPrimitives.WriteUInt16BigEndian(rest, PointerToQuestion);
            BinaryPrimitives.WriteUInt16BigEndian(rest[2..], type);
            BinaryPrimitives.WriteUInt16BigEndian(rest[4..], ClassInternet);
            BinaryPrimitives.WriteUInt16BigEndian(rest[10..], (ushort)record.Length); // TTL 0 stays as it is.
            record.CopyTo(rest[12..]);
            rest = rest[(12 + record.Length)..];
        }

        return message;
    }
}
