using System.Xml.Linq;

namespace Certctl.UnitTests.Architecture;

public sealed class ProjectReferenceTests
{
    [Theory]
    [InlineData("Contracts")]
    [InlineData("Core", "Contracts")]
    [InlineData("Api", "Core")]
    [InlineData("RenewalWorker", "Core")]
    [InlineData("HeartbeatIngest", "Core")]
    [InlineData("AcmeService", "Core")]
    [InlineData("AllInOne", "AcmeService", "Api", "HeartbeatIngest", "RenewalWorker")]
    public void A_project_references_what_the_architecture_says_and_services_never_each_other(string project, params string[] expected) =>
        Assert.Equal(expected, Items(project, "ProjectReference").Select(Path.GetFileNameWithoutExtension).Order());

    [Fact]
    public void Every_project_is_among_them() => Assert.Equal(
        ["AcmeService", "AllInOne", "Api", "Contracts", "Core", "HeartbeatIngest", "RenewalWorker"],
        Directory.GetFiles(Path.Combine(SourceTree.Root, "src"), "*.csproj", SearchOption.AllDirectories).Select(Path.GetFileNameWithoutExtension).Order());

    [Fact]
    public void Only_core_references_bouncy_castle() => Assert.Equal(
        ["Core"], Directory.GetDirectories(Path.Combine(SourceTree.Root, "src")).Select(p => Path.GetFileName(p)!)
            .Where(project => Items(project, "PackageReference").Any(package => package.StartsWith("BouncyCastle", StringComparison.Ordinal))));

    private static IEnumerable<string> Items(string project, string kind) =>
        XDocument.Load(Path.Combine(SourceTree.Root, "src", project, $"{project}.csproj")).Descendants(kind).Select(item => item.Attribute("Include")!.Value);
}
