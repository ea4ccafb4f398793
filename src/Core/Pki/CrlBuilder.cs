using System.Numerics;
using System.Security.Cryptography.X509Certificates;

namespace Certctl.Core.Pki;

/// <summary>A revoked certificate as a CRL lists it.</summary>
public sealed record RevokedCertificate(SerialNumber SerialNumber, DateTimeOffset RevokedAt, X509RevocationReason Reason);

/// <summary>Full certificate revocation lists (RFC 5280 5) with CRL number, authority key identifier and reason codes.</summary>
public static class CrlBuilder
{
    /// <param name="crlNumber">Grows with every list of the same issuer (RFC 5280 5.2.3).</param>
    /// <returns>DER CertificateList.</returns>
    public static byte[] Build(
        CertificateAuthority issuer, IEnumerable<RevokedCertificate> revoked, long crlNumber, DateTimeOffset thisUpdate, DateTimeOffset nextUpdate)
    {
        var builder = new CertificateRevocationListBuilder();
        foreach (var entry in revoked)
            builder.AddEntry(entry.SerialNumber.ToDer(), entry.RevokedAt, RevocationReasons.Encoded(entry.Reason));
        return builder.Build(
            issuer.SubjectName, issuer.Key, new BigInteger(crlNumber), nextUpdate, issuer.Key.Hash,
            X509AuthorityKeyIdentifierExtension.CreateFromSubjectKeyIdentifier(issuer.KeyIdentifier.Span), thisUpdate);
    }
}
