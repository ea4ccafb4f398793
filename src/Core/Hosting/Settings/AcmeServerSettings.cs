namespace Certctl.Core.Hosting.Settings;

/// <summary>What every service knows of the ACME server: the rest is AcmeService's own.</summary>
public sealed record AcmeServerSettings
{
    [Setting("CERTCTL_ACME_SERVER_ENABLED", "Whether the ACME server is there at all.")]
    public bool Enabled { get; init; }
}
