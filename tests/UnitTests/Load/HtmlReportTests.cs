using System.Text.Json;
using System.Xml.Linq;
using Certctl.Load.Charts;
using Certctl.Load.Measuring;

namespace Certctl.UnitTests.Load;

public sealed class HtmlReportTests
{
    private readonly Meter meter = new("first", "second");

    [Fact]
    public void Each_step_that_was_measured_has_two_charts()
    {
        var page = HtmlReport.Of(Measured());

        Assert.Equal(4, Charts(page).Count);
        Assert.Contains("FAILED", page, StringComparison.Ordinal);
        Assert.Contains("MISSED", page, StringComparison.Ordinal);
    }

    [Fact]
    public void A_chart_has_every_point_of_its_curve_and_the_limit()
    {
        var percentiles = Charts(HtmlReport.Of(Measured()))[0];
        var curve = percentiles.Descendants().Single(e => e.Name.LocalName == "path" && (string?)e.Attribute("fill") == "none" && e.Parent == percentiles);

        Assert.True(((string)curve.Attribute("d")!).Count(c => c is 'M' or 'L') >= 8, (string)curve.Attribute("d")!);
        Assert.Matches("^first p95 ms: 95.*, at most 10$", percentiles.Descendants().Single(e => e.Name.LocalName == "title").Value);
    }

    [Fact]
    public void The_page_needs_no_network_and_no_script()
    {
        var page = HtmlReport.Of(Measured());

        Assert.DoesNotContain("http", page, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("<script", page, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("url(", page, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public void What_a_server_said_is_text_and_not_markup()
    {
        meter.Fail("first", Failure.Error, "<b>gone</b>");

        Assert.Contains("&lt;b&gt;gone", HtmlReport.Of(Measured()), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_JSON_has_what_the_page_shows()
    {
        var file = Path.GetTempFileName();
        await Measured().WriteAsync(file);
        var json = JsonSerializer.Deserialize<JsonElement>(await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken));
        File.Delete(file);

        Assert.Equal(100, json.GetProperty("steps")[0].GetProperty("p99_ms").GetDouble(), tolerance: 1.1);
        Assert.True(json.GetProperty("steps")[0].GetProperty("curve").GetArrayLength() > 8);
        Assert.Equal(200, json.GetProperty("flows_per_second").GetDouble());
        Assert.False(json.GetProperty("passed").GetBoolean());
    }

    private Report Measured()
    {
        meter.Open();
        foreach (var step in (string[])["first", "second"])
            for (var ms = 1; ms <= 100; ms++) meter.Record(step, TimeSpan.FromMilliseconds(ms));
        meter.Tick();
        meter.Close();
        var report = meter.Report("test", TimeSpan.FromSeconds(1), new Dictionary<string, object> { ["rate"] = 5 });
        return report with { Thresholds = [Threshold.P95("first", 10).Judge(report)] };
    }

    private static List<XElement> Charts(string page)
    {
        List<XElement> charts = [];
        for (var at = page.IndexOf("<svg", StringComparison.Ordinal); at >= 0; at = page.IndexOf("<svg", at + 1, StringComparison.Ordinal))
            charts.Add(XElement.Parse(page[at..(page.IndexOf("</svg>", at, StringComparison.Ordinal) + 6)]));
        return charts;
    }
}
