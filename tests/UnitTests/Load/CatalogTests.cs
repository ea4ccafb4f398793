using System.Text.RegularExpressions;
using Certctl.Load.Definitions;
using Certctl.Load.Measuring;
using Certctl.UnitTests.Architecture;

namespace Certctl.UnitTests.Load;

public sealed partial class CatalogTests
{
    private static readonly string Scripts = Path.Combine(SourceTree.Root, "load", "k6");

    public static TheoryData<string, string> ScriptsOfScenarios => new()
    {
        { "bulk_renewal.js", "bulk-renewal" },
        { "acme_burst.js", "acme-burst" },
        { "agent_storm.js", "agent-storm" },
    };

    [Fact]
    public void The_loads_are_those_of_the_first_harness()
    {
        Assert.Equal((5.0, 300.0, 10_000), (Catalog.BulkRenewal.RatePerSecond, Catalog.BulkRenewal.Duration.TotalSeconds, Catalog.BulkRenewal.Certificates));
        Assert.Equal((200, 300.0), (Catalog.AcmeBurst.Users, Catalog.AcmeBurst.Duration.TotalSeconds));
        Assert.Equal((167.0, 300.0, 5000), (Catalog.AgentStorm.RatePerSecond, Catalog.AgentStorm.Duration.TotalSeconds, Catalog.AgentStorm.Agents));
        Assert.Equal((50.0, 300.0), (Catalog.Api.RatePerSecond, Catalog.Api.Duration.TotalSeconds));
    }

    [Theory]
    [InlineData("bulk-renewal", "bulk-renew p95 ms", 2000, 200)]
    [InlineData("bulk-renewal", "bulk-renew p99 ms", 5000, 500)]
    [InlineData("bulk-renewal", "failed %", 1, 0)]
    [InlineData("acme-burst", "directory p95 ms", 500, 50)]
    [InlineData("acme-burst", "new-nonce p95 ms", 300, 30)]
    [InlineData("acme-burst", "renewal-info p95 ms", 800, 50)]
    [InlineData("acme-burst", "server errors %", 0.1, 0)]
    [InlineData("agent-storm", "heartbeat p95 ms", 500, 50)]
    [InlineData("agent-storm", "heartbeat p99 ms", 1000, 100)]
    [InlineData("agent-storm", "failed %", 0.1, 0)]
    [InlineData("api", "create p95 ms", 2000, 200)]
    [InlineData("api", "create p99 ms", 5000, 500)]
    [InlineData("api", "list p95 ms", 800, 80)]
    [InlineData("api", "list p99 ms", 2000, 200)]
    [InlineData("api", "failed %", 1, 0)]
    public void The_limits_are_those_of_the_first_harness_and_a_tenth_where_strict(string scenario, string threshold, double limit, double strict)
    {
        var found = Catalog.All.Single(s => s.Name == scenario).Thresholds.Single(t => t.Name == threshold);
        Assert.Equal((limit, strict), (found.Limit, found.StrictLimit));
    }

    [Fact]
    public void The_k6_scripts_read_the_definitions()
    {
        var path = Path.Combine(Scripts, "scenarios.json");
        var printed = ListCommand.Json();
        if (Environment.GetEnvironmentVariable("UPDATE_DOCS") == "1") File.WriteAllText(path, printed);
        Assert.True(File.Exists(path) && File.ReadAllText(path) == printed,
            "load/k6/scenarios.json is not what the definitions say. Write it anew: UPDATE_DOCS=1 dotnet run --project tests/UnitTests");
    }

    [Theory]
    [MemberData(nameof(ScriptsOfScenarios))]
    public void A_k6_script_times_every_step_that_has_a_limit_and_takes_no_number_of_its_own(string file, string scenario)
    {
        var script = File.ReadAllText(Path.Combine(Scripts, file));
        Assert.Contains($"scenario('{scenario}')", script, StringComparison.Ordinal);
        var definition = Catalog.All.Single(s => s.Name == scenario);
        Assert.All(definition.Thresholds.Where(t => t.Figure is Figure.P95Ms or Figure.P99Ms), t => Assert.Contains($"'{t.Of}'", script, StringComparison.Ordinal));
        Assert.DoesNotMatch(Limits(), script);
    }

    [Fact]
    public void The_k6_scripts_import_nothing_over_the_network()
    {
        var imports = Directory.GetFiles(Scripts, "*.js").SelectMany(f => Imports().Matches(File.ReadAllText(f))).Select(m => m.Groups[1].Value).ToList();
        Assert.NotEmpty(imports);
        Assert.All(imports, i => Assert.True(i is "k6" or "./scenario.js" || i.StartsWith("k6/", StringComparison.Ordinal), i));
    }

    [GeneratedRegex(@"p\(9\d\)|rate[<>]|count[<>]")]
    private static partial Regex Limits();

    [GeneratedRegex(@"from '([^']+)'")]
    private static partial Regex Imports();
}
