using Certctl.Load.Arguments;
using Certctl.Load.Definitions;
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
    RunOptions Run, string Directory, string? CaFile, string? IssuerCaFile, int Clients, bool Challenge, int Http01Port, int DnsPort,
    string NameSuffix, int NamePool, TimeSpan Poll, int VerifyEvery, ExternalAccount? ExternalAccount)
{
    public const string Usage = """
        --directory URL (CERTCTL_ACME_DIRECTORY) --ca FILE (CERTCTL_CA) --issuer-ca FILE --clients 16 --warmup 30s --duration 15s
              --mode trust|challenge --http01-port N (0: no solver) --dns-port N (0: none) --name-suffix load.example.test
              --name-pool N (0: fresh names) --poll 10ms --verify-every 50 --eab-kid KID --eab-key BASE64URL
              --min-rate FLOWS_PER_SECOND --p95 DURATION --max-failures 0 --strict --json FILE --html FILE
        """;

    public static AcmeSignedSettings Read(CommandLine line)
    {
        var run = RunOptions.Read(line, Catalog.AcmeSigned with { Thresholds = ReadThresholds(line) });
        if (run.Rate is not null) throw new UsageException("acme-signed has clients and no --rate");
        var settings = new AcmeSignedSettings(
            run, line.Text("directory") ?? Target.Variable("CERTCTL_ACME_DIRECTORY") ?? throw new UsageException("--directory or CERTCTL_ACME_DIRECTORY is missing"),
            Target.Ca(line), line.Text("issuer-ca"), line.Number("clients", run.Users, least: 1),
            IsChallenge(line.Text("mode")), line.Number("http01-port", 0), line.Number("dns-port", 0), line.Text("name-suffix") ?? "load.example.test",
            line.Number("name-pool", 0), line.Duration("poll", TimeSpan.FromMilliseconds(10)), line.Number("verify-every", 50), Account(line));
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

    /// <summary>The scenario's own, and those that the command line adds or changes.</summary>
    private static List<Threshold> ReadThresholds(CommandLine line)
    {
        var failures = line.Number("max-failures", 0);
        List<Threshold> thresholds = [.. Catalog.AcmeSigned.Thresholds.Select(t => t.Figure == Figure.Failures ? Threshold.MostFailures(failures) : t)];
        if (line.Fraction("min-rate") is { } rate) thresholds.Add(Threshold.LeastRate(rate));
        if (line.OptionalDuration("p95") is { } p95) thresholds.Add(Threshold.P95(Meter.Flow, p95.TotalMilliseconds, p95.TotalMilliseconds));
        return thresholds;
    }
}
