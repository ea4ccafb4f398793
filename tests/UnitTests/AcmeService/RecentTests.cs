using System.Globalization;
using Certctl.AcmeService;

namespace Certctl.UnitTests.AcmeService;

public sealed class RecentTests
{
    [Fact]
    public void What_was_taken_is_not_there_for_the_next()
    {
        using var rows = new Recent<string>(size: 10);
        rows.Add("a", "row");
        Assert.Equal(("row", "row", null), (rows.Find("a"), rows.Take("a"), rows.Take("a")));
        Assert.Null(rows.Find("a"));
    }

    [Fact]
    public void It_never_holds_more_than_its_size()
    {
        using var rows = new Recent<string>(size: 10);
        var ids = Enumerable.Range(0, 1000).Select(i => i.ToString(CultureInfo.InvariantCulture)).ToList();
        foreach (var id in ids) rows.Add(id, id);
        Assert.InRange(ids.Count(id => rows.Find(id) is not null), 1, 10);
    }
}
