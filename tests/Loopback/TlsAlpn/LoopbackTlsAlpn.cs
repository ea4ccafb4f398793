using System.Collections.Concurrent;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;

namespace Certctl.Loopback.TlsAlpn;

/// <summary>A TLS server on loopback that answers tls-alpn-01 (RFC 8737) with the certificate of the name asked for.</summary>
public sealed class LoopbackTlsAlpn : IAsyncDisposable
{
    private readonly ConcurrentDictionary<string, X509Certificate2> certificates = [];
    private readonly LoopbackListener listener;

    /// <summary>Starts at once.</summary>
    /// <param name="port">0 for any that is free.</param>
    public LoopbackTlsAlpn(int port = 0) => listener = new LoopbackListener(new IPEndPoint(IPAddress.Loopback, port), ServeAsync);

    public int Port => listener.Port;

    /// <summary>Application protocols on offer; empty for a server that knows nothing of ALPN.</summary>
    public List<SslApplicationProtocol> Protocols { get; set; } = [new("acme-tls/1")];

    public SslProtocols Versions { get; set; } = SslProtocols.Tls12 | SslProtocols.Tls13;

    /// <summary>Told of the server name of every handshake.</summary>
    public Action<string>? Asked { get; set; }

    /// <summary>Provisions a response.</summary>
    /// <param name="serverName">As SNI has it: for an address the name of its reverse mapping (RFC 8738 6).</param>
    public void Present(string serverName, X509Certificate2 certificate) => certificates[serverName] = certificate;

    public ValueTask DisposeAsync() => listener.DisposeAsync();

    private async Task ServeAsync(NetworkStream stream, CancellationToken cancellationToken)
    {
        await using var tls = new SslStream(stream, leaveInnerStreamOpen: true);
        await tls.AuthenticateAsServerAsync((_, hello, _, _) => ValueTask.FromResult(Options(hello.ServerName)), null, cancellationToken);
        // The validator closes once it has seen the certificate; no application data is exchanged (RFC 8737 3).
        _ = await tls.ReadAsync(new byte[1], cancellationToken);
    }

    private SslServerAuthenticationOptions Options(string serverName)
    {
        Asked?.Invoke(serverName);
        return new SslServerAuthenticationOptions
        {
            // Offline: else this side would look for the certificate's issuer wherever the certificate says.
            ServerCertificateContext = certificates.TryGetValue(serverName, out var certificate)
                ? SslStreamCertificateContext.Create(certificate, additionalCertificates: null, offline: true)
                : throw new AuthenticationException("No such name."),
            ApplicationProtocols = Protocols.Count > 0 ? Protocols : null,
            EnabledSslProtocols = Versions,
        };
    }
}
