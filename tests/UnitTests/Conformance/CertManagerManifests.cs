using System.Diagnostics;
using Certctl.UnitTests.Architecture;
using YamlDotNet.RepresentationModel;

namespace Certctl.UnitTests.Conformance;

/// <summary>The manifests of <c>make acme-cert-manager-test</c> as its script fills them in. bash is a prerequisite: tests fail without it.</summary>
internal sealed class CertManagerManifests : IDisposable
{
    public const string Server = "https://172.18.0.1:18463";
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("certctl-manifests-");

    public CertManagerManifests(string ca)
    {
        var caFile = Path.Combine(folder.FullName, "ca.pem");
        File.WriteAllText(caFile, ca);
        var (code, output) = Run("render", Server, caFile, folder.FullName);
        Assert.True(code == 0, output);
    }

    /// <summary>Runs the script without a cluster.</summary>
    public static (int ExitCode, string Output) Run(params string[] arguments)
    {
        var start = new ProcessStartInfo(Path.Combine(SourceTree.Root, "compose", "acme-cert-manager.sh"), arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment.Remove("KIND_AVAILABLE");
        using var process = Process.Start(start)!;
        var errors = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        Assert.True(process.WaitForExit(TimeSpan.FromSeconds(30)), "the script did not end");
        return (process.ExitCode, output + errors.Result);
    }

    public string Text(string name) => File.ReadAllText(Path.Combine(folder.FullName, name));

    /// <summary>The documents of one kind in a file.</summary>
    public IReadOnlyList<YamlMappingNode> Of(string kind, string name)
    {
        var stream = new YamlStream();
        using var reader = new StringReader(Text(name));
        stream.Load(reader);
        return [.. stream.Documents.Select(d => (YamlMappingNode)d.RootNode).Where(n => n.At("kind") == kind)];
    }

    public void Dispose() => folder.Delete(recursive: true);
}

internal static class YamlNodes
{
    /// <summary>A scalar by its path.</summary>
    public static string At(this YamlNode node, params string[] path) => ((YamlScalarNode)node.Node(path)).Value!;

    public static YamlNode Node(this YamlNode node, params string[] path) => path.Aggregate(node, (n, key) => n[key]);

    public static IReadOnlyList<YamlNode> Items(this YamlNode node, params string[] path) => [.. ((YamlSequenceNode)node.Node(path)).Children];
}
