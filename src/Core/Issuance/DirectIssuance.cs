namespace Certctl.Core.Issuance;

/// <summary>Signs for whoever writes the outcome together with what asked for it: no renewal is claimed, nothing is read or written here.
/// What was signed must not leave the process before that write.</summary>
public sealed class DirectIssuance
{
    private readonly IssuanceContexts contexts;
    private readonly CertificateIssuer issuer;

    internal DirectIssuance(IssuanceContexts contexts, CertificateIssuer issuer) => (this.contexts, this.issuer) = (contexts, issuer);

    /// <summary>Signs what can be signed with what this process knows of issuers and profiles.</summary>
    /// <returns>Each certificate that was signed, by its request with the revision that it was signed at: the write must hold that
    /// against the rows. Left out are requests that are refused, and those whose issuer and profile this process does not know.</returns>
    public async Task<IReadOnlyList<IssuanceResult>> SignAsync(IEnumerable<IssuanceRequest> requests)
    {
        var (known, loaded) = contexts.Known(requests);
        if (known.Count == 0) return [];
        var results = await Task.Run(() => issuer.Issue(known, loaded));
        return [.. results.Where(r => r.Version is not null)];
    }
}
