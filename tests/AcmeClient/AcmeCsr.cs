using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Certctl.Rfc8555;

/// <summary>Certificate signing requests in DER (RFC 2986).</summary>
public static class AcmeCsr
{
    private static readonly X500DistinguishedName NoName = new("");

    /// <summary>The names go into subjectAltName alone; what parses as an address becomes an iPAddress (RFC 8738).</summary>
    public static byte[] Create(ECDsa key, params IReadOnlyList<string> names) => Finish(new CertificateRequest(NoName, key, HashAlgorithmName.SHA256), names);

    public static byte[] Create(RSA key, params IReadOnlyList<string> names) =>
        Finish(new CertificateRequest(NoName, key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1), names);

    private static byte[] Finish(CertificateRequest request, IReadOnlyList<string> names)
    {
        var san = new SubjectAlternativeNameBuilder();
        foreach (var name in names)
        {
            if (IPAddress.TryParse(name, out var address)) san.AddIpAddress(address);
            else san.AddDnsName(name);
        }

        request.CertificateExtensions.Add(san.Build());
        return request.CreateSigningRequest();
    }
}
