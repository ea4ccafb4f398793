using Certctl.Load.Arguments;
using Certctl.Load.Measuring;
using Certctl.Rfc8555;

namespace Certctl.Load.AcmeSigned;

/// <param name="CaFile">Roots of the directory's own TLS certificate.</param>
/// <param name="IssuerCaFile">Roots of what is issued; null: the same.</param>
/// <param name="Challenge">Whether authorizations are fetched and http-01 challenges answered.</param>
/// <param name="Http01Port">Where the solver listens on loopback; 0: no solver, for servers that validate nothing.</param>
/// <param name="NamePool">How many names are used again and again; 0: every flow has a name of its own.</param>
/// <param name="Poll">The most that is waited between two looks, whatever Retry-After says.</param>
/// <param name="VerifyEvery">Every how many flows of a client the certificate is checked whole; 0: never.</param>
internal sealed record AcmeSignedSettings(
    string Directory, string? CaFile, string? IssuerCaFile, int Clients, TimeSpan WarmUp, TimeSpan Duration, bool Challenge,
    int Http01Port, int DnsPort, string NameSuffix, int NamePool, TimeSpan Poll, int VerifyEvery, ExternalAccount? ExternalAccount,
    string? JsonFile, IReadOnlyList<Threshold> Thresholds)
{
    public const string Usage = """
        --ca FILE --issuer-ca FILE --clients 16 --warmup 30s --duration 15s --mode trust|challenge
          --http01-port N (0: no solver) --dns-port N (0: none) --name-suffix load.example.test --name-pool N (0: fresh names)
          --poll 10ms --verify-every 50 --eab-kid KID --eab-key BASE64URL --json FILE
          --min-rate FLOWS_PER_SECOND --p95 DURATION --max-failures 0
        """;

    public static AcmeSignedSettings Read(CommandLine line)
    {
        var settings = new AcmeSignedSettings(
            line.Required("directory"), line.Text("ca"), line.Text("issuer-ca"), line.Number("clients", 16, least: 1),
            line.Duration("warmup", TimeSpan.FromSeconds(30)), line.Duration("duration", TimeSpan.FromSeconds(15)), IsChallenge(line.Text("mode")),
            line.Number("http01-port", 0), line.Number("dns-port", 0), line.Text("name-suffix") ?? "load.example.test", line.Number("name-pool", 0),
            line.Duration("poll", TimeSpan.FromMilliseconds(10)), line.Number("verify-every", 50), Account(line), line.Text("json"), ReadThresholds(line));
        line.Done();
        return settings;
    }

    private static bool IsChallenge(string? mode) => mode switch
    {
        null or "trust" => false,
        "challenge" => true,
        _ => throw new UsageException($"--mode {mode}: trust or challenge"),
    };

    private static ExternalAccount? Account(CommandLine line) => (line.Text("eab-kid"), line.Text("eab-key")) switch
    {
        (null, null) => null,
        ({ } id, { } key) => new ExternalAccount(id, key),
        _ => throw new UsageException("--eab-kid and --eab-key go together"),
    };

    private static List<Threshold> ReadThresholds(CommandLine line)
    {
        List<Threshold> thresholds = [Threshold.SomeFlows, Threshold.MostFailures(line.Number("max-failures", 0))];
        if (line.Fraction("min-rate") is { } rate) thresholds.Add(Threshold.LeastRate(rate));
        if (line.OptionalDuration("p95") is { } p95) thresholds.Add(Threshold.FlowP95(p95));
        return thresholds;
    }
}
