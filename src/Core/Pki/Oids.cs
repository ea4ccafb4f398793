namespace Certctl.Core.Pki;

/// <summary>Object identifiers by the names their RFCs give them.</summary>
internal static class Oids
{
    // Keys and signatures: RFC 3279, RFC 5758, RFC 8410.
    public const string EcPublicKey = "1.2.840.10045.2.1";
    public const string Secp256R1 = "1.2.840.10045.3.1.7";
    public const string Secp384R1 = "1.3.132.0.34";
    public const string RsaEncryption = "1.2.840.113549.1.1.1";
    public const string Sha256WithRsa = "1.2.840.113549.1.1.11";
    public const string Sha384WithRsa = "1.2.840.113549.1.1.12";
    public const string Sha512WithRsa = "1.2.840.113549.1.1.13";
    public const string EcdsaWithSha256 = "1.2.840.10045.4.3.2";
    public const string EcdsaWithSha384 = "1.2.840.10045.4.3.3";
    public const string EcdsaWithSha512 = "1.2.840.10045.4.3.4";
    public const string Ed25519 = "1.3.101.112";

    // Hashes in OCSP's CertID.
    public const string Sha1 = "1.3.14.3.2.26";
    public const string Sha256 = "2.16.840.1.101.3.4.2.1";

    // Names and extensions: RFC 5280, RFC 7633, RFC 2985, RFC 6960, RFC 8737.
    public const string CommonName = "2.5.4.3";
    public const string SubjectKeyIdentifier = "2.5.29.14";
    public const string KeyUsage = "2.5.29.15";
    public const string SubjectAltName = "2.5.29.17";
    public const string BasicConstraints = "2.5.29.19";
    public const string CrlDistributionPoints = "2.5.29.31";
    public const string CertificatePolicies = "2.5.29.32";
    public const string AuthorityKeyIdentifier = "2.5.29.35";
    public const string ExtendedKeyUsage = "2.5.29.37";
    public const string AuthorityInfoAccess = "1.3.6.1.5.5.7.1.1";
    public const string TlsFeature = "1.3.6.1.5.5.7.1.24";
    public const string AcmeIdentifier = "1.3.6.1.5.5.7.1.31";
    public const string OcspAccessMethod = "1.3.6.1.5.5.7.48.1";
    public const string OcspBasic = "1.3.6.1.5.5.7.48.1.1";
    public const string OcspNonce = "1.3.6.1.5.5.7.48.1.2";
    public const string CaIssuersAccessMethod = "1.3.6.1.5.5.7.48.2";
    public const string ExtensionRequest = "1.2.840.113549.1.9.14";
}
