using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Certctl.Load.Loopback;

/// <summary>Answers http-01 validations on loopback (RFC 8555 8.3): one request a connection, nothing but what that needs.</summary>
internal sealed class Http01Solver : IAsyncDisposable
{
    private const string Prefix = "GET /.well-known/acme-challenge/";
    private static readonly byte[] NotFound = "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"u8.ToArray();
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private readonly ConcurrentDictionary<string, byte[]> answers = new();
    private readonly CancellationTokenSource stop = new();
    private readonly Socket listener;
    private readonly Task accepting;

    private Http01Solver(Socket listener)
    {
        this.listener = listener;
        accepting = Task.Run(AcceptAsync);
    }

    /// <exception cref="SocketException">The port is taken or not ours to take.</exception>
    public static Http01Solver Start(int port)
    {
        var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, port));
        listener.Listen(512);
        return new Http01Solver(listener);
    }

    public void Put(string token, string keyAuthorization) => answers[token] = Encoding.ASCII.GetBytes(
        $"HTTP/1.1 200 OK\r\nContent-Type: application/octet-stream\r\nContent-Length: {keyAuthorization.Length}\r\nConnection: close\r\n\r\n{keyAuthorization}");

    public void Remove(string token) => answers.TryRemove(token, out _);

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        listener.Dispose();
        await accepting;
        stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        while (!stop.IsCancellationRequested)
        {
            try
            {
                _ = AnswerAsync(await listener.AcceptAsync(stop.Token));
            }
            catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
            {
                // Stopped, or a connection that was gone before it was taken.
            }
        }
    }

    private async Task AnswerAsync(Socket socket)
    {
        using var limit = new CancellationTokenSource(Patience);
        try
        {
            var request = await HeadAsync(socket, limit.Token);
            await socket.SendAsync(Answer(request), limit.Token);
            socket.Shutdown(SocketShutdown.Send);
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException)
        {
            // The validator went away; it will say so itself.
        }
        finally
        {
            socket.Dispose();
        }
    }

    private static async Task<string> HeadAsync(Socket socket, CancellationToken cancellation)
    {
        var buffer = new byte[4096];
        var length = 0;
        while (length < buffer.Length)
        {
            var read = await socket.ReceiveAsync(buffer.AsMemory(length), cancellation);
            length += read;
            if (read == 0 || buffer.AsSpan(0, length).EndsWith("\r\n\r\n"u8)) break;
        }

        return Encoding.ASCII.GetString(buffer, 0, length);
    }

    private byte[] Answer(string request)
    {
        if (!request.StartsWith(Prefix, StringComparison.Ordinal)) return NotFound;
        var end = request.IndexOf(' ', Prefix.Length);
        return end > 0 && answers.TryGetValue(request[Prefix.Length..end], out var answer) ? answer : NotFound;
    }
}
