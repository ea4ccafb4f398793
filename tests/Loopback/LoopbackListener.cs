using System.Net;
using System.Net.Sockets;

namespace Certctl.Loopback;

/// <summary>Accepts TCP connections on loopback and hands each to a task of its own, until it is disposed of.</summary>
internal sealed class LoopbackListener : IAsyncDisposable
{
    private const int Backlog = 1024;
    private readonly CancellationTokenSource stopping = new();
    private readonly Socket socket;
    private readonly Func<NetworkStream, CancellationToken, Task> serve;
    private readonly Task accepting;

    public LoopbackListener(IPEndPoint endPoint, Func<NetworkStream, CancellationToken, Task> serve)
    {
        this.serve = serve;
        socket = new Socket(endPoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.ReuseAddress, true);
        socket.Bind(endPoint);
        socket.Listen(Backlog);
        Port = ((IPEndPoint)socket.LocalEndPoint!).Port;
        accepting = Task.Run(AcceptAsync);
    }

    public int Port { get; }

    public async ValueTask DisposeAsync()
    {
        // A test may have stopped it before, to have a port where nothing listens.
        if (accepting.IsCompleted) return;
        await stopping.CancelAsync();
        socket.Dispose();
        await accepting;
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true) _ = ServeAsync(await socket.AcceptAsync(stopping.Token), stopping.Token);
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // Disposed of.
        }
    }

    private async Task ServeAsync(Socket connection, CancellationToken cancellationToken)
    {
        connection.NoDelay = true;
        await using var stream = new NetworkStream(connection, ownsSocket: true);
        try
        {
            await serve(stream, cancellationToken);
        }
        catch (Exception e) when (e is OperationCanceledException or IOException or SocketException or ObjectDisposedException
            or System.Security.Authentication.AuthenticationException)
        {
            // The other side went away, as it may.
        }
    }
}
