using System.Globalization;
using System.Text.RegularExpressions;
using Certctl.Core.Hosting;
using Certctl.UnitTests.Architecture;
using YamlDotNet.Core;
using YamlDotNet.Serialization;

namespace Certctl.UnitTests.Compose;

/// <summary>What compose/ gives a container: as little as certctl needs.</summary>
public sealed partial class ContainerPostureTests
{
    private static readonly string Dockerfile = File.ReadAllText(Path.Combine(SourceTree.Root, "compose", "Dockerfile"));
    private static readonly Dictionary<string, Dictionary<string, object>> Services = Read();
    private static readonly List<KeyValuePair<string, Dictionary<string, object>>> Ours = [.. Services.Where(s => s.Value.ContainsKey("build"))];

    [Fact]
    public void Every_process_of_certctl_runs_read_only_without_capabilities_and_gains_none()
    {
        Assert.True(Ours.Count >= 4, $"only {Ours.Count} services");
        foreach (var (name, service) in Ours)
        {
            Assert.True(service.GetValueOrDefault("read_only") is "true", $"{name} may write to its image");
            Assert.Equal(["ALL"], Texts(service["cap_drop"]));
            Assert.Contains("no-new-privileges:true", Texts(service["security_opt"]));
            Assert.Equal(["/tmp"], Texts(service["tmpfs"]));
            Assert.False(service.ContainsKey("volumes"), $"{name} has a volume: what it keeps is in PostgreSQL");
            Assert.False(service.GetValueOrDefault("user") is "root" or "0", $"{name} runs as root");
        }
    }

    [Fact]
    public void No_container_reaches_into_its_host()
    {
        string[] forbidden = ["privileged", "cap_add", "devices", "pid", "ipc", "network_mode", "userns_mode"];
        foreach (var (name, service) in Services)
        {
            Assert.Empty(service.Keys.Intersect(forbidden).Select(key => $"{name} has {key}"));
            Assert.DoesNotContain(service.TryGetValue("volumes", out var volumes) ? Texts(volumes) : [], v => v.StartsWith('/') || v.StartsWith('.'));
            // What others than this host may reach is the operator's to say.
            Assert.All(service.TryGetValue("ports", out var ports) ? Texts(ports) : [], port => Assert.StartsWith("127.0.0.1:", port, StringComparison.Ordinal));
        }
    }

    [Fact]
    public void PostgreSQL_has_room_for_every_pool_when_all_are_full()
    {
        // Migrations, psql, backups; and those that PostgreSQL keeps for its superuser.
        const int others = 20;
        var most = Number(Texts(Services["postgres"]["command"]).Single(t => t.StartsWith("max_connections=", StringComparison.Ordinal)).Split('=')[1]);
        var pools = Ours.Sum(s => Number(Environment(s.Value).Single(e => e.Key == "CERTCTL_DATABASE_MAX_CONNS").Value) + Jobs.MaxConnections);
        Assert.InRange(pools + others, 1, most);
    }

    [Fact]
    public void No_secret_has_a_default()
    {
        var secrets = Services.SelectMany(s => Environment(s.Value)).Where(e => SecretName().IsMatch(e.Key)).DistinctBy(e => e.Key).ToList();
        Assert.NotEmpty(secrets);
        Assert.All(secrets, e => Assert.Matches(@"\$\{[A-Z_]+:(\?|-\})", e.Value));
    }

    [Fact]
    public void The_image_runs_as_no_root_and_has_nothing_of_the_build()
    {
        var final = Dockerfile.Split("\nFROM ")[^1];
        Assert.Matches(@"(?m)^USER \$APP_UID$", final);
        Assert.True(final.IndexOf("\nUSER ", StringComparison.Ordinal) > final.LastIndexOf("\nRUN ", StringComparison.Ordinal), "something is run after USER");
        Assert.DoesNotContain("sdk", final, StringComparison.Ordinal);
        Assert.Equal(["--from=build /app ."], Copy().Matches(final).Select(m => m.Groups[1].Value));
        Assert.DoesNotMatch(@"(?im)^(ADD|ENV|ARG)\b.*(password|secret|token|_key)", Dockerfile);
        Assert.DoesNotMatch(@"(?m)^ADD\b", Dockerfile);
        // Diagnostics would let whoever shares the folder of their sockets read memory.
        Assert.Contains("DOTNET_EnableDiagnostics=0", final, StringComparison.Ordinal);
    }

    private static IEnumerable<KeyValuePair<string, string>> Environment(Dictionary<string, object> service) =>
        service.TryGetValue("environment", out var environment)
            ? ((Dictionary<object, object>)environment).Select(e => KeyValuePair.Create((string)e.Key, e.Value as string ?? ""))
            : [];

    private static int Number(string text) => int.Parse(text, CultureInfo.InvariantCulture);

    private static IEnumerable<string> Texts(object list) => ((List<object>)list).Cast<string>();

    private static Dictionary<string, Dictionary<string, object>> Read()
    {
        using var text = new StreamReader(Path.Combine(SourceTree.Root, "compose", "compose.yaml"));
        var file = new DeserializerBuilder().Build().Deserialize<Dictionary<string, object>>(new MergingParser(new Parser(text)));
        return ((Dictionary<object, object>)file["services"]).ToDictionary(
            s => (string)s.Key, s => ((Dictionary<object, object>)s.Value).ToDictionary(e => (string)e.Key, e => e.Value));
    }

    [GeneratedRegex("PASSWORD|PASS$|ENCRYPTION_KEY|API_KEYS|TOKEN|(DATABASE|RABBITMQ)_URL$")]
    private static partial Regex SecretName();

    [GeneratedRegex(@"(?m)^COPY (.+)$")]
    private static partial Regex Copy();
}
