using System.Net;
using System.Net.Sockets;
using Certctl.Chaos.Proxy;

namespace Certctl.UnitTests.Chaos;

/// <summary>Against a server that sends back what it is sent.</summary>
public sealed class TcpProxyTests : IAsyncDisposable
{
    private readonly TcpListener server = new(IPAddress.Loopback, 0);
    private readonly TcpProxy proxy;

    public TcpProxyTests()
    {
        server.Start();
        _ = EchoAsync();
        proxy = new TcpProxy(((IPEndPoint)server.LocalEndpoint).Port);
    }

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask DisposeAsync()
    {
        await proxy.DisposeAsync();
        server.Dispose();
    }

    [Fact]
    public async Task What_is_sent_comes_back()
    {
        using var client = await ConnectAsync();
        Assert.Equal(42, await AskAsync(client, 42));
        Assert.True(SpinWait.SpinUntil(() => proxy.Sent == 1, TimeSpan.FromSeconds(10)));
    }

    [Fact]
    public async Task A_cut_ends_what_is_open_and_refuses_what_comes_until_it_is_healed()
    {
        using var client = await ConnectAsync();
        Assert.Equal(1, await AskAsync(client, 1));
        proxy.Cut();
        Assert.Equal(-1, await AskAsync(client, 2));
        await Assert.ThrowsAnyAsync<SocketException>(async () =>
        {
            // The reset may come with the connection or with what is asked over it.
            using var refused = await ConnectAsync();
            if (await AskAsync(refused, 3) == -1) throw new SocketException((int)SocketError.ConnectionReset);
        });
        proxy.Heal();
        using var later = await ConnectAsync();
        Assert.Equal(4, await AskAsync(later, 4));
    }

    [Fact]
    public async Task What_is_held_reaches_the_server_once_it_is_released()
    {
        using var client = await ConnectAsync();
        Assert.Equal(1, await AskAsync(client, 1));
        proxy.HoldSent();
        var answer = AskAsync(client, 2);
        Assert.False(answer.IsCompleted);
        proxy.Release();
        Assert.Equal(2, await answer);
    }

    private async Task<Socket> ConnectAsync()
    {
        var client = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await client.ConnectAsync(IPAddress.Loopback, proxy.Port, Cancellation);
        return client;
    }

    /// <summary>-1 when the connection has ended.</summary>
    private static async Task<int> AskAsync(Socket client, byte value)
    {
        try
        {
            await client.SendAsync(new[] { value }, Cancellation);
            var answer = new byte[1];
            return await client.ReceiveAsync(answer, Cancellation) == 1 ? answer[0] : -1;
        }
        catch (SocketException)
        {
            return -1;
        }
    }

    private async Task EchoAsync()
    {
        while (true)
        {
            try
            {
                _ = ServeAsync(await server.AcceptSocketAsync(Cancellation));
            }
            catch (Exception e) when (e is SocketException or ObjectDisposedException or OperationCanceledException)
            {
                return;
            }
        }
    }

    private static async Task ServeAsync(Socket socket)
    {
        using (socket)
        {
            var buffer = new byte[64];
            try
            {
                while (await socket.ReceiveAsync(buffer, Cancellation) is var read and > 0) await socket.SendAsync(buffer.AsMemory(0, read), Cancellation);
            }
            catch (SocketException)
            {
                // Cut.
            }
        }
    }
}
