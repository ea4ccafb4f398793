using System.Text.RegularExpressions;

namespace Certctl.UnitTests.Architecture;

/// <summary>docs/reference/acme-server.md names the files that show what it claims: they must be there.</summary>
public sealed partial class AcmeReferenceTests
{
    private static readonly string Reference = File.ReadAllText(Path.Combine(SourceTree.Root, "docs", "reference", "acme-server.md"));

    [Fact]
    public void Every_file_that_it_names_is_there()
    {
        var named = Named().Matches(Reference).Select(m => m.Groups[1].Value).Distinct()
            .Select(path => path.StartsWith("src/", StringComparison.Ordinal) || path.StartsWith("tests/", StringComparison.Ordinal) ? path : "src/AcmeService/" + path).ToList();
        Assert.True(named.Count > 60, $"only {named.Count} files");
        Assert.All(named, path => Assert.True(Path.Exists(Path.Combine(SourceTree.Root, path)), $"{path} is not there"));
    }

    [Fact]
    public void Every_problem_that_the_server_has_is_among_those_to_shoot()
    {
        var problems = Problem().Matches(File.ReadAllText(Path.Combine(SourceTree.Root, "src/AcmeService/Protocol/Problems.cs"))).Select(m => m.Groups[1].Value).Distinct().ToList();
        Assert.True(problems.Count > 20, $"only {problems.Count} problems");
        Assert.All(problems, problem => Assert.Contains($"`{problem}`", Reference, StringComparison.Ordinal));
    }

    [GeneratedRegex("`((?:src|tests|[A-Z][A-Za-z]+)/[A-Za-z0-9_./-]+)`")]
    private static partial Regex Named();

    [GeneratedRegex("new\\(\"([A-Za-z]+)\", ")]
    private static partial Regex Problem();
}
