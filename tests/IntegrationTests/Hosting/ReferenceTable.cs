namespace Certctl.IntegrationTests.Hosting;

/// <summary>A table of a page of docs/reference that a test holds to what the server does; with UPDATE_DOCS=1 it is written anew.</summary>
internal static class ReferenceTable
{
    /// <param name="page">File in docs/reference.</param>
    /// <param name="name">Of the comments that the table stands between.</param>
    /// <param name="rows">Cells; the first row is the header.</param>
    public static void Check(string page, string name, IEnumerable<IReadOnlyList<string>> rows)
    {
        var path = Path.Combine(Repository.Root, "docs", "reference", page);
        var (begin, end) = ($"<!-- {name}: written by a test -->\n", $"<!-- end of {name} -->");
        var text = File.ReadAllText(path);
        var (from, to) = (text.IndexOf(begin, StringComparison.Ordinal) + begin.Length, text.IndexOf(end, StringComparison.Ordinal));
        Assert.True(from >= begin.Length && to >= from, $"{page} has no place for the table {name}.");
        var measured = Markdown([.. rows]);
        if (Environment.GetEnvironmentVariable("UPDATE_DOCS") == "1") File.WriteAllText(path, text[..from] + measured + text[to..]);
        var written = Environment.GetEnvironmentVariable("UPDATE_DOCS") == "1" ? measured : text[from..to];
        var (missing, gone) = (Lines(measured).Except(Lines(written)), Lines(written).Except(Lines(measured)));
        Assert.True(written == measured, $"""
            docs/reference/{page} is not what the server does. Where the server is right, write it anew with UPDATE_DOCS=1.
            The server says:
            {string.Join('\n', missing)}
            The page says:
            {string.Join('\n', gone)}
            """);
    }

    private static string Markdown(IReadOnlyList<IReadOnlyList<string>> rows) =>
        string.Concat(rows.Take(1).Append([.. rows[0].Select(_ => "---")]).Concat(rows.Skip(1)).Select(cells => $"| {string.Join(" | ", cells)} |\n"));

    private static string[] Lines(string text) => text.Split('\n');
}
