using Certctl.Core.Hosting.Settings;

namespace Certctl.Api.Access;

public sealed record AccessSettings
{
    [Setting("CERTCTL_API_KEYS_NAMED",
        "API keys as name:key[:role[:agent_id_prefix]], role one of admin, operator, viewer (the default), agent. The same name twice rotates: both keys are valid.",
        Secret = true)]
    public string[] NamedKeys { get; init; } = [];

    [Setting("CERTCTL_AUTH_SECRET", "Further API keys, of role admin, named legacy-key-1 and so on.", Secret = true)]
    public string[] LegacyKeys { get; init; } = [];

    [Setting("CERTCTL_RATE_LIMIT_ENABLED", "Whether the REST API limits requests.")]
    public bool RateLimitEnabled { get; init; } = true;

    [Setting("CERTCTL_RATE_LIMIT_PER_USER_RPS", "Requests a second of one API key. Heartbeats do not count.", Min = 1, Max = 1_000_000)]
    public int PerKeyRate { get; init; } = 1000;

    [Setting("CERTCTL_RATE_LIMIT_PER_USER_BURST", "Requests that one API key may save up.", Min = 1, Max = 1_000_000)]
    public int PerKeyBurst { get; init; } = 2000;

    [Setting("CERTCTL_RATE_LIMIT_RPS", "Requests a second without a valid token from one address.", Min = 1, Max = 1_000_000)]
    public int PerAddressRate { get; init; } = 50;

    [Setting("CERTCTL_RATE_LIMIT_BURST", "Requests without a valid token that one address may save up.", Min = 1, Max = 1_000_000)]
    public int PerAddressBurst { get; init; } = 100;

    [Setting("CERTCTL_OCSP_RATE_LIMIT_PER_IP_MIN", "Requests a minute for CRL, OCSP and CA certificates from one address.", Min = 1, Max = 1_000_000)]
    public int PkiPerAddressRate { get; init; } = 1000;
}
