using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace Certctl.Chaos.Proxy;

/// <summary>A TCP proxy on loopback whose connections can be cut, slowed down, or held on their way to the server.</summary>
internal sealed class TcpProxy : IAsyncDisposable
{
    private readonly TcpListener listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource stop = new();
    private readonly ConcurrentDictionary<ProxyConnection, byte> open = [];
    private readonly int target;
    private readonly Task accepting;
    private volatile bool isCut;
    private volatile TaskCompletionSource? hold;
    private long sent;

    /// <param name="target">Port of the server, on loopback.</param>
    public TcpProxy(int target)
    {
        this.target = target;
        listener.Start();
        Port = ((IPEndPoint)listener.LocalEndpoint).Port;
        accepting = AcceptAsync();
    }

    public int Port { get; }

    /// <summary>By how much each piece is late, in either direction.</summary>
    public TimeSpan Latency { get; set; }

    /// <summary>Bytes that clients have sent and the server has been given.</summary>
    public long Sent => Interlocked.Read(ref sent);

    /// <summary>Closes every connection as a crash would, and refuses new ones until <see cref="Heal"/>.</summary>
    public void Cut()
    {
        isCut = true;
        foreach (var connection in open.Keys) connection.Abort();
    }

    /// <summary>New connections pass again.</summary>
    public void Heal() => isCut = false;

    /// <summary>From now on what clients send waits here, while what the server sends passes.</summary>
    public void HoldSent() => hold = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Lets go of what <see cref="HoldSent"/> held.</summary>
    public void Release()
    {
        var held = hold;
        hold = null;
        held?.TrySetResult();
    }

    /// <summary>What a piece on its way to the server waits for.</summary>
    internal Task HeldAsync(CancellationToken cancellationToken) => hold?.Task.WaitAsync(cancellationToken) ?? Task.CompletedTask;

    internal void Count(int bytes) => Interlocked.Add(ref sent, bytes);

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        listener.Dispose();
        foreach (var connection in open.Keys) connection.Abort();
        await accepting;
        stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                var client = await listener.AcceptSocketAsync(stop.Token);
                if (isCut) client.Close(0);
                else _ = ServeAsync(new ProxyConnection(this, client));
            }
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // Disposed.
        }
    }

    private async Task ServeAsync(ProxyConnection connection)
    {
        using (connection)
        {
            open.TryAdd(connection, 0);
            await connection.RunAsync(target, stop.Token);
            open.TryRemove(connection, out _);
        }
    }
}
