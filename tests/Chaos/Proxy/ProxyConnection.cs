using System.Net;
using System.Net.Sockets;

namespace Certctl.Chaos.Proxy;

/// <summary>One client's connection and the one to the server that stands for it.</summary>
internal sealed class ProxyConnection(TcpProxy proxy, Socket client) : IDisposable
{
    private readonly Socket server = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };

    /// <summary>Runs until either side closes or it is cut; never throws.</summary>
    public async Task RunAsync(int target, CancellationToken stop)
    {
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(stop);
        try
        {
            client.NoDelay = true;
            await server.ConnectAsync(IPAddress.Loopback, target, ended.Token);
            await await Task.WhenAny(PumpAsync(client, server, isSent: true, ended.Token), PumpAsync(server, client, isSent: false, ended.Token));
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException or OperationCanceledException)
        {
            // Whatever happened to one side happens to the other.
        }
        finally
        {
            await ended.CancelAsync();
        }
    }

    /// <summary>Both sides get a reset.</summary>
    public void Abort()
    {
        client.Close(0);
        server.Close(0);
    }

    public void Dispose()
    {
        client.Dispose();
        server.Dispose();
    }

    private async Task PumpAsync(Socket from, Socket to, bool isSent, CancellationToken cancellationToken)
    {
        var buffer = new byte[64 * 1024];
        while (await from.ReceiveAsync(buffer, cancellationToken) is var read and > 0)
        {
            await Pause.ForAsync(proxy.Latency, cancellationToken);
            if (isSent) await proxy.HeldAsync(cancellationToken);
            for (var written = 0; written < read;) written += await to.SendAsync(buffer.AsMemory(written, read - written), cancellationToken);
            if (isSent) proxy.Count(read);
        }
    }
}
