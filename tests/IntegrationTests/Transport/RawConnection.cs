using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace Certctl.IntegrationTests.Transport;

/// <summary>One connection to the server, on which a test sends byte by byte what an HTTP client would not.</summary>
internal sealed class RawConnection : IAsyncDisposable
{
    private readonly TcpClient tcp = new() { NoDelay = true };
    private Stream? stream;

    /// <summary>A TLS connection, or plain TCP to the same port.</summary>
    public static async Task<RawConnection> OpenAsync(CertctlServer server, bool tls = true)
    {
        var connection = new RawConnection();
        await connection.tcp.ConnectAsync(IPAddress.Loopback, server.Base.Port);
        connection.stream = connection.tcp.GetStream();
        if (!tls) return connection;
        var secured = new SslStream(connection.stream);
        connection.stream = secured;
        await secured.AuthenticateAsClientAsync(new SslClientAuthenticationOptions
        {
            TargetHost = "localhost",
            CertificateChainPolicy = new X509ChainPolicy
            {
                TrustMode = X509ChainTrustMode.CustomRootTrust,
                CustomTrustStore = { X509Certificate2.CreateFromPem(server.CaPem) },
                RevocationMode = X509RevocationMode.NoCheck,
            },
        });
        return connection;
    }

    /// <summary>Of a TLS connection.</summary>
    public SslProtocols Protocol => ((SslStream)stream!).SslProtocol;

    public Task SendAsync(byte[] bytes) => stream!.WriteAsync(bytes).AsTask();

    public Task SendAsync(string text) => SendAsync(Encoding.ASCII.GetBytes(text));

    /// <summary>Some bytes of the answer; none when the server has closed the connection.</summary>
    public async Task<byte[]> ReadAsync(TimeSpan within)
    {
        var buffer = new byte[4096];
        using var patience = new CancellationTokenSource(within);
        try
        {
            return buffer[..await stream!.ReadAsync(buffer, patience.Token)];
        }
        catch (IOException)
        {
            return [];
        }
    }

    /// <summary>The status of the answer, 0 when the connection was closed without one, and how long it took to come.</summary>
    public async Task<(int Status, TimeSpan Took)> StatusAsync(TimeSpan within)
    {
        var clock = Stopwatch.StartNew();
        var line = Encoding.ASCII.GetString(await ReadAsync(within));
        return (line.Length < 12 ? 0 : int.Parse(line.AsSpan(9, 3), CultureInfo.InvariantCulture), clock.Elapsed);
    }

    public async ValueTask DisposeAsync()
    {
        if (stream is not null) await stream.DisposeAsync();
        tcp.Dispose();
    }
}
