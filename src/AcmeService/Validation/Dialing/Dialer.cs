using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using Certctl.AcmeService.Protocol;

namespace Certctl.AcmeService.Validation.Dialing;

/// <summary>Connects to checked addresses, and to nothing else.</summary>
internal sealed class Dialer(TimeProvider time)
{
    /// <summary>Time for one address: room for two of them within an attempt.</summary>
    public static readonly TimeSpan Timeout = TimeSpan.FromSeconds(3);

    /// <summary>Tries the addresses in turn. The caller disposes of the stream.</summary>
    public async Task<(NetworkStream? Stream, ValidationResult? Failure)> DialAsync(DialTarget target, int port, CancellationToken cancellationToken)
    {
        var reason = "there is no address";
        foreach (var address in target.Addresses)
        {
            var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            try
            {
                using var timeout = new CancellationTokenSource(Timeout, time);
                using var both = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
                await socket.ConnectAsync(new IPEndPoint(address, port), both.Token);
                return (new NetworkStream(socket, ownsSocket: true), null);
            }
            catch (SocketException e)
            {
                socket.Dispose();
                reason = e.SocketErrorCode == SocketError.ConnectionRefused ? "the connection was refused" : "the host could not be reached";
            }
            catch (OperationCanceledException)
            {
                socket.Dispose();
                cancellationToken.ThrowIfCancellationRequested();
                reason = "the connection timed out";
            }
        }

        return (null, ValidationResult.Transient(Problems.Connection($"Could not connect to {target.Host} on port {port}: {reason}.")));
    }

    /// <summary>
    /// TLS options under which any certificate will do: what is validated is the name's control, which no CA needs to have vouched
    /// for (RFC 8555 10.2, RFC 8737 3). Above all the chain is never built over the network: a certificate could send us to any URL.
    /// </summary>
    public static SslClientAuthenticationOptions AnyCertificate() => new()
    {
        RemoteCertificateValidationCallback = (_, certificate, _, _) => certificate is not null,
        CertificateChainPolicy = new X509ChainPolicy
        {
            TrustMode = X509ChainTrustMode.CustomRootTrust,
            RevocationMode = X509RevocationMode.NoCheck,
            DisableCertificateDownloads = true,
        },
        AllowRenegotiation = false,
        AllowTlsResume = false,
    };
}
