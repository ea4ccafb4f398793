using Xunit.v3;

[assembly: Parallelization(Mode = Xunit.Sdk.ParallelMode.None)]

namespace Certctl.IntegrationTests.Hosting;

/// <summary>The one server of all tests that leave it as they found it: each keeps to an environment of its own.</summary>
public sealed class SharedServer : CertctlServer
{
    public const string Name = "shared server";

    protected override IEnumerable<KeyValuePair<string, string?>> Settings => new Dictionary<string, string?>
    {
        // Low enough to be reached by a test in a second, high enough for all others.
        ["CERTCTL_RATE_LIMIT_PER_USER_RPS"] = "200",
        ["CERTCTL_RATE_LIMIT_PER_USER_BURST"] = "1000",
        ["CERTCTL_ACME_SERVER_ENABLED"] = "true",
        ["CERTCTL_RENEWAL_SCAN_JITTER"] = "0s",
        ["CERTCTL_AGENT_HEARTBEAT_INTERVAL"] = "1s",
        // However many agents tests register, the interval stays.
        ["CERTCTL_AGENT_HEARTBEAT_TARGET_RATE"] = "100000",
    };
}

[CollectionDefinition(SharedServer.Name)]
public sealed class SharedServerTests : ICollectionFixture<SharedServer>;
