namespace Certctl.Contracts;

/// <summary>Work on one interactive renewal, ahead of any bulk. Queue: <c>renew-certificate</c>.</summary>
public sealed record RenewCertificate(string RenewalId);

/// <summary>Work on a chunk of a bulk's or a scan's renewals. Queue: <c>renew-certificates</c>.</summary>
/// <param name="RenewalIds">At most a few hundred ids.</param>
public sealed record RenewCertificates(IReadOnlyList<string> RenewalIds);
