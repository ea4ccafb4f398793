using Certctl.Core.Domain.Names;

namespace Certctl.Core.Pki;

/// <summary>Why a certificate signing request was refused.</summary>
public enum CsrErrorKind
{
    /// <summary>Not PEM, not DER, or not PKCS#10; too large; something critical that is not understood.</summary>
    Malformed,
    /// <summary>The key's kind, curve, size or exponent is not accepted.</summary>
    UnacceptableKey,
    /// <summary>The signature algorithm is too weak (MD5, SHA-1) or not supported.</summary>
    UnacceptableSignatureAlgorithm,
    /// <summary>The signature does not verify: no proof that the requester holds the private key.</summary>
    BadSignature,
    /// <summary>A name of a supported type that is not valid.</summary>
    InvalidName,
    /// <summary>A kind of subject alternative name that certctl does not issue.</summary>
    UnsupportedName,
    /// <summary>It asks for a CA certificate.</summary>
    AsksForCa,
}

/// <summary>A refusal; the message is a sentence fit for the requester.</summary>
public sealed record CsrError(CsrErrorKind Kind, string Message);

/// <summary>
/// A PKCS#10 request (RFC 2986) whose proof of possession was verified. Of its subject only the common name counts, of its
/// extensions only the names: the rest of a certificate is the profile's to say.
/// </summary>
/// <param name="CommonName">The common name as a name of its own type, or null when the subject has none.</param>
/// <param name="Names">Every name asked for, the common name included: who checks these has checked everything. May be empty.</param>
public sealed record CertificateSigningRequest(SubjectAltName? CommonName, IReadOnlyList<SubjectAltName> Names, SubjectPublicKey PublicKey)
{
    /// <summary>Largest request in characters of PEM or bytes of DER.</summary>
    public const int MaxLength = 64 * 1024;

    /// <summary>Reads one PEM block and verifies it.</summary>
    public static CsrResult FromPem(string pem)
    {
        if (pem.Length > MaxLength) return Refused(CsrErrorKind.Malformed, $"the certificate signing request is longer than {MaxLength} characters");
        return PemText.TryReadOnly(pem, ["CERTIFICATE REQUEST", "NEW CERTIFICATE REQUEST"], out var der, out var error)
            ? FromDer(der)
            : Refused(CsrErrorKind.Malformed, $"the certificate signing request cannot be read: {error}");
    }

    /// <summary>Reads DER, as ACME's finalize has it, and verifies it.</summary>
    public static CsrResult FromDer(ReadOnlyMemory<byte> der) => der.Length > MaxLength
        ? Refused(CsrErrorKind.Malformed, $"the certificate signing request is longer than {MaxLength} bytes")
        : CsrReader.Read(der);

    private static CsrResult Refused(CsrErrorKind kind, string message) => new(null, new CsrError(kind, message));
}

/// <summary>A verified request or the reason of its refusal: exactly one of the two.</summary>
public sealed record CsrResult(CertificateSigningRequest? Request, CsrError? Error);
