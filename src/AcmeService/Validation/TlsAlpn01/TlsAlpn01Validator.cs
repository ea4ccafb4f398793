using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Text;
using Certctl.AcmeService.Protocol;
using Certctl.AcmeService.Validation.Dialing;
using Certctl.Core.Pki;

namespace Certctl.AcmeService.Validation.TlsAlpn01;

/// <summary>tls-alpn-01 (RFC 8737, RFC 8738 6): a certificate that has the digest of the key authorization in it.</summary>
internal sealed class TlsAlpn01Validator(TargetResolver targets, Dialer dialer, ValidationSettings settings)
{
    private static readonly SslApplicationProtocol AcmeTls = new("acme-tls/1");

    public async Task<ValidationResult> ValidateAsync(ValidationRequest request, CancellationToken cancellationToken)
    {
        var (target, unresolved) = await targets.ResolveAsync(request.Identifier.Value, request.AllowPrivateAddresses, cancellationToken);
        if (target is null) return unresolved!;
        var (stream, unreachable) = await dialer.DialAsync(target, settings.TlsAlpn01Port, cancellationToken);
        if (stream is null) return unreachable!;
        await using (stream)
        {
            return await HandshakeAsync(request, stream, cancellationToken);
        }
    }

    private async Task<ValidationResult> HandshakeAsync(ValidationRequest request, NetworkStream stream, CancellationToken cancellationToken)
    {
        var where = $"{request.Identifier.Value} on port {settings.TlsAlpn01Port}";
        try
        {
            await using var tls = new SslStream(stream, leaveInnerStreamOpen: true);
            var options = Dialer.AnyCertificate();
            options.TargetHost = ServerName(request.Identifier);
            options.ApplicationProtocols = [AcmeTls];
            options.EnabledSslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13;
            await tls.AuthenticateAsClientAsync(options, cancellationToken);
            return tls.NegotiatedApplicationProtocol == AcmeTls
                ? Judge(request, tls.RemoteCertificate?.GetRawCertData() ?? [], where)
                : ValidationResult.Final(Problems.Tls($"{where} did not negotiate the application protocol acme-tls/1."));
        }
        catch (Exception e) when (e is AuthenticationException or CryptographicException)
        {
            return ValidationResult.Final(Problems.Tls($"The TLS handshake with {where} failed; TLS 1.2 or later and acme-tls/1 were offered."));
        }
        catch (IOException)
        {
            return ValidationResult.Transient(Problems.Connection($"The connection to {where} broke during the TLS handshake."));
        }
    }

    private static ValidationResult Judge(ValidationRequest request, byte[] der, string where)
    {
        var certificate = AcmeTlsAlpnCertificate.TryParse(der, out var problem);
        if (certificate is not null)
        {
            var named = request.Identifier.Type == Identifier.Ip
                ? certificate.Address is not null && certificate.Address.Equals(IPAddress.Parse(request.Identifier.Value))
                : request.Identifier.Value.Equals(certificate.DnsName, StringComparison.OrdinalIgnoreCase);
            problem = !named ? $"has a subject alternative name other than {request.Identifier.Value}"
                : certificate.Digest.Span.SequenceEqual(SHA256.HashData(Encoding.ASCII.GetBytes(request.KeyAuthorization))) ? null
                : "has an acmeIdentifier that is not the digest of the key authorization";
        }

        return problem is null
            ? ValidationResult.Valid
            : ValidationResult.Final(Problems.IncorrectResponse($"The certificate that {where} presented {problem}."));
    }

    /// <summary>SNI has no addresses (RFC 6066 3): the name of the reverse mapping stands for one (RFC 8738 6).</summary>
    private static string ServerName(Identifier identifier) =>
        identifier.Type == Identifier.Ip ? ReverseName(IPAddress.Parse(identifier.Value)) : identifier.Value;

    internal static string ReverseName(IPAddress address)
    {
        var bytes = address.GetAddressBytes();
        return address.AddressFamily == AddressFamily.InterNetwork
            ? string.Join('.', bytes.Reverse()) + ".in-addr.arpa"
            : string.Join('.', Convert.ToHexStringLower(bytes).Reverse()) + ".ip6.arpa";
    }
}
