using Certctl.AcmeService.Protocol;
using Certctl.Core.Pki;

namespace Certctl.AcmeService.RenewalInformation;

/// <summary>RFC 9773 4.1: the authority key identifier and the serial number that name a certificate.</summary>
public sealed record CertificateIdentifier(ReadOnlyMemory<byte> AuthorityKeyIdentifier, SerialNumber SerialNumber)
{
    private const int MaxLength = 200;

    /// <summary>Null when it is not two base64url texts with a full stop between them, or the second no serial number.</summary>
    public static CertificateIdentifier? Parse(string text)
    {
        if (text.Length > MaxLength || text.Split('.') is not [var authority, var serial]) return null;
        return StrictBase64Url.Decode(authority) is { Length: > 0 } aki && StrictBase64Url.Decode(serial) is { } der && SerialNumber.TryFromDer(der, out var number)
            ? new CertificateIdentifier(aki, number)
            : null;
    }
}
