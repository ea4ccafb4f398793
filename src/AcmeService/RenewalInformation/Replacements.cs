using Certctl.AcmeService.Endpoints;
using Certctl.AcmeService.Protocol;
using Certctl.Core.Domain.Names;

namespace Certctl.AcmeService.RenewalInformation;

/// <summary>What an order's replaces names.</summary>
/// <param name="IsInWindow">The certificate's suggested window has come.</param>
public sealed record Replacement(AcmeProblem? Problem, bool IsInWindow = false);

/// <summary>Checks replaces (RFC 9773 5): a certificate of the same account that shares a name. That no other order replaces it is
/// a unique index's to say.</summary>
public sealed class Replacements(IssuedVersions versions, TimeProvider time)
{
    public async Task<Replacement> FindAsync(
        SignedRequest request, string replaces, IReadOnlyList<SubjectAltName> names, CancellationToken cancellationToken)
    {
        if (CertificateIdentifier.Parse(replaces) is not { } identifier)
            return new Replacement(Problems.Malformed("replaces is not a certificate identifier (RFC 9773 4.1)."));
        var version = await versions.FindAsync(identifier, request.Profile.IssuerId, request.Profile.Id, cancellationToken);
        if (version is null || version.AccountId != request.Account.Id)
            return new Replacement(Problems.Malformed("replaces names no certificate of this account.", 404));
        return version.Names.Intersect(names.Select(n => n.Value)).Any()
            ? new Replacement(null, version.Window.Start <= time.GetUtcNow())
            : new Replacement(Problems.Malformed("The order shares no identifier with the certificate that it replaces."));
    }
}
