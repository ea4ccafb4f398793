using System.Globalization;

namespace Certctl.IntegrationTests.Fuzzing;

/// <summary>A server of its own: what fuzzers create is nobody else's, and no rate limit stands before what they are after.</summary>
public sealed class FuzzServer : CertctlServer
{
    /// <summary>How many inputs: CERTCTL_TEST_FUZZ, or few enough for every run.</summary>
    public static int Inputs { get; } =
        int.TryParse(Environment.GetEnvironmentVariable("CERTCTL_TEST_FUZZ"), NumberStyles.None, CultureInfo.InvariantCulture, out var count) ? count : 2_000;

    protected override IEnumerable<KeyValuePair<string, string?>> Settings => new Dictionary<string, string?>
    {
        ["CERTCTL_RATE_LIMIT_ENABLED"] = "false",
        ["CERTCTL_ACME_SERVER_ENABLED"] = "true",
    };
}
