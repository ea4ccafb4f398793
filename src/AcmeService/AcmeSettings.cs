using Certctl.Core.Hosting.Settings;

namespace Certctl.AcmeService;

/// <summary>The ACME server, by the variables of the Go certctl and a few of ours.</summary>
public sealed record AcmeSettings
{
    [Setting("CERTCTL_ACME_SERVER_DEFAULT_PROFILE_ID", "Profile that /acme/directory mirrors; none unless set.")]
    public string? DefaultProfileId { get; init; }

    [Setting("CERTCTL_ACME_SERVER_NONCE_TTL", "How long a nonce may be used.", Min = 10, Max = 3600)]
    public TimeSpan NonceTtl { get; init; } = TimeSpan.FromMinutes(5);

    [Setting("CERTCTL_ACME_SERVER_ORDER_TTL", "How long an order may take.", Min = 60, Max = 2592000)]
    public TimeSpan OrderTtl { get; init; } = TimeSpan.FromHours(24);

    [Setting("CERTCTL_ACME_SERVER_AUTHZ_TTL", "How long an authorization may be pending, and how long a valid one stands.", Min = 60, Max = 2592000)]
    public TimeSpan AuthorizationTtl { get; init; } = TimeSpan.FromHours(24);

    [Setting("CERTCTL_ACME_SERVER_TOS_URL", "URL of the terms of service; once set, new accounts must agree to them.")]
    public string? TermsOfService { get; init; }

    [Setting("CERTCTL_ACME_SERVER_WEBSITE", "URL shown in the directory.")]
    public string? Website { get; init; }

    [Setting("CERTCTL_ACME_SERVER_CAA_IDENTITIES", "Domain names that CAA records name to allow this CA; they are shown in the directory.")]
    public string[] CaaIdentities { get; init; } = [];

    [Setting("CERTCTL_ACME_SERVER_CAA_MAX_AGE", "How long a look at CAA records counts; who finalizes an order later than that after the proof of a name has it looked at again.", Min = 0, Max = 2592000)]
    public TimeSpan CaaMaxAge { get; init; } = TimeSpan.FromHours(8);

    [Setting("CERTCTL_ACME_SERVER_EAB_REQUIRED", "Whether every profile asks for an external account binding; else its own setting says.")]
    public bool EabRequired { get; init; }

    [Setting("CERTCTL_ACME_SERVER_ARI_POLL_INTERVAL", "How often clients are told to ask for renewal information.", Min = 60, Max = 604800)]
    public TimeSpan AriPollInterval { get; init; } = TimeSpan.FromHours(6);
}
