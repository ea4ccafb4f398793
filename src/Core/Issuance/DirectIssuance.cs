using Certctl.Core.Pki;

namespace Certctl.Core.Issuance;

/// <summary>Signs for whoever writes the outcome together with what asked for it: no renewal is claimed, nothing is written here.
/// What was signed must not leave the process before that write.</summary>
public sealed class DirectIssuance
{
    private readonly IssuanceContexts contexts;
    private readonly CertificateIssuer issuer;

    internal DirectIssuance(IssuanceContexts contexts, CertificateIssuer issuer) => (this.contexts, this.issuer) = (contexts, issuer);

    /// <summary>The revision that certificates of this issuer and profile can be signed at, at once; null when this process has not
    /// issued from them since they were changed, or when somebody has to approve first. The write must hold it against the rows.</summary>
    public string? RevisionOf(string issuerId, string profileId) => contexts.KnownRevision(issuerId, profileId);

    /// <summary>Issues each request or says why not; one bad request fails alone.</summary>
    public async Task<IReadOnlyList<IssuanceResult>> SignAsync(IReadOnlyList<IssuanceRequest> requests, CancellationToken cancellationToken)
    {
        var loaded = await contexts.LoadAsync(requests, cancellationToken);
        return await Task.Run(() => issuer.Issue(requests, loaded), cancellationToken);
    }

    /// <summary>Counts what was written.</summary>
    public static void Completed(int certificates) => RenewalWork.CountCompleted(certificates);
}
