using System.Globalization;
using Certctl.AcmeService;

namespace Certctl.UnitTests.AcmeService;

public sealed class RecentTests
{
    [Fact]
    public void What_was_taken_is_not_there_for_the_next()
    {
        using var rows = new Recent<string>(size: 10);
        rows.Add("a", "account", "profile", "row");
        Assert.Equal(("row", "row", null), (rows.Find("a", "account", "profile"), rows.Take("a", "account", "profile"), rows.Take("a", "account", "profile")));
        Assert.Null(rows.Find("a", "account", "profile"));
    }

    [Theory]
    [InlineData("other", "profile")]
    [InlineData("account", "other")]
    public void Another_account_or_profile_neither_finds_it_nor_takes_it_away(string account, string profile)
    {
        using var rows = new Recent<string>(size: 10);
        rows.Add("a", "account", "profile", "row");
        Assert.Equal((null, null, "row"), (rows.Find("a", account, profile), rows.Take("a", account, profile), rows.Take("a", "account", "profile")));
    }

    [Fact]
    public void What_is_changed_stays_its_accounts_and_what_is_not_known_is_not_made()
    {
        using var rows = new Recent<string>(size: 10);
        rows.Add("a", "account", "profile", "row");
        rows.Change("a", row => row + " again");
        rows.Change("b", _ => "made up");
        Assert.Equal(("row again", null), (rows.Find("a", "account", "profile"), rows.Find("b", "account", "profile")));
    }

    [Fact]
    public void It_never_holds_more_than_its_size()
    {
        using var rows = new Recent<string>(size: 10);
        var ids = Enumerable.Range(0, 1000).Select(i => i.ToString(CultureInfo.InvariantCulture)).ToList();
        foreach (var id in ids) rows.Add(id, "account", "profile", id);
        Assert.InRange(ids.Count(id => rows.Find(id, "account", "profile") is not null), 1, 10);
    }
}
