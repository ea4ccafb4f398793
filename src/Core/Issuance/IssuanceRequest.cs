using Certctl.Core.Domain.Certificates;
using Certctl.Core.Pki;

namespace Certctl.Core.Issuance;

/// <summary>A claimed renewal with what issuing needs of its certificate.</summary>
/// <param name="Revision">Of its profile and issuer: another one once either was changed.</param>
/// <param name="CsrPem">What is signed in key modes csr and agent; null in key mode server.</param>
/// <param name="Csr">The same, where this process has read and verified it already.</param>
/// <param name="NotBefore">The validity asked for, whole seconds; null leaves it to the profile.</param>
public sealed record IssuanceRequest(
    string RenewalId, string CertificateId, string IssuerId, string ProfileId, string Revision, string CommonName, IReadOnlyList<string> Sans,
    KeyMode KeyMode, string? CsrPem, CertificateSigningRequest? Csr, SerialNumber SerialNumber, DateTimeOffset? NotBefore, DateTimeOffset? NotAfter);

/// <summary>Renewals that one worker holds until its lease runs out.</summary>
public sealed record ClaimedRenewals(Guid LeaseToken, IReadOnlyList<IssuanceRequest> Requests);

/// <summary>A new version, signed and not yet written; or why there is none.</summary>
public sealed record IssuanceResult(IssuanceRequest Request, IssuedVersion? Version, IssuanceError? Error);

/// <summary>A signed version, with its server-made key sealed.</summary>
public sealed record IssuedVersion(string Id, IssuedLeaf Leaf, SubjectPublicKey PublicKey, EncryptedSecret? PrivateKey);

/// <summary>Why a certificate was not issued.</summary>
/// <param name="IsPermanent">Trying again cannot help: the request itself is refused.</param>
public sealed record IssuanceError(string Message, bool IsPermanent);
