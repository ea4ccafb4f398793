namespace Certctl.Core.Hosting.Settings;

/// <summary>What every service knows of the ACME server: the rest is AcmeService's own.</summary>
public sealed record AcmeServerSettings
{
    [Setting("CERTCTL_ACME_SERVER_ENABLED", "Whether the ACME server is there at all.")]
    public bool Enabled { get; init; }

    [Setting("CERTCTL_ACME_SERVER_ARI_ENABLED", "Whether renewal information (RFC 9773) is served.")]
    public bool AriEnabled { get; init; } = true;
}
