using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json;
using Certctl.Load.Measuring;

namespace Certctl.Load.Charts;

/// <summary>A report as one page that needs nothing beside itself: no script, no network.</summary>
internal static class HtmlReport
{
    private const string Style = """
        body{font:14px/1.45 system-ui,sans-serif;color:#1d2733;max-width:1200px;margin:24px auto;padding:0 16px}
        h1{font-size:22px;margin:0}h2{font-size:16px;margin:26px 0 6px}
        .passed,.failed{display:inline-block;padding:2px 10px;border-radius:4px;color:#fff;font-weight:600;margin-left:10px}
        .passed{background:#2b7a3d}.failed{background:#b3261e}
        table{border-collapse:collapse}td,th{padding:3px 12px 3px 0;text-align:left;border-bottom:1px solid #e6eaee}
        td.n,th.n{text-align:right;font-variant-numeric:tabular-nums}.missed td{color:#b3261e;font-weight:600}
        .charts{display:flex;flex-wrap:wrap;gap:16px}svg{width:560px;max-width:100%;background:#fbfcfd;border:1px solid #e6eaee}
        svg text{font:11px system-ui,sans-serif;fill:#56616d}.grid{stroke:#e6eaee;fill:none}p.note{color:#56616d;max-width:80ch}
        """;

    public static string Of(Report report)
    {
        var page = new StringBuilder();
        page.Append(CultureInfo.InvariantCulture, $"<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"><title>{Text(report.Scenario)}</title><style>{Style}</style></head><body>");
        page.Append(CultureInfo.InvariantCulture, $"<h1>{Text(report.Scenario)}<span class=\"{(report.Passed ? "passed\">passed" : "failed\">FAILED")}</span></h1>");
        page.Append(CultureInfo.InvariantCulture, $"<p>{report.Flows} in {report.Seconds:F1} s, {report.FlowsPerSecond:F1}/s; {report.Failures} of {report.Attempts} failed.</p>");
        Table(page, "Thresholds", ["", "measured", "limit", ""], report.Thresholds.Select(t => (t.Met, (string[])[
            t.Name, t.Figure is { } figure ? Number(figure) : "not measured", (t.AtLeast ? "at least " : "at most ") + Number(t.Limit), t.Met ? "ok" : "MISSED"])));
        Table(page, "Latency, ms", ["step", "count", "per s", "p50", "p95", "p99", "max", "failed"], report.Steps.Select(s => (true, (string[])[
            s.Name, Number(s.Count), Number(s.PerSecond), Number(s.P50Ms), Number(s.P95Ms), Number(s.P99Ms), Number(s.MaxMs), Number(s.Failures)])));
        foreach (var step in report.Steps.Where(s => s.Count > 0))
        {
            page.Append(CultureInfo.InvariantCulture, $"<h2>{Text(step.Name)}</h2><div class=\"charts\">{StepCharts.Percentiles(step, report.Thresholds)}{StepCharts.OverTime(step)}</div>");
        }

        page.Append("<p class=\"note\">Left: latency by percentile, each grid line a tenth of what the one before leaves; dashed: the limits. ")
            .Append("Right: each second of the run. In an open model latency begins when a request was meant to be sent.</p>");
        Table(page, "Found afterwards", ["", "value"], report.Facts.Select(f => (true, (string[])[f.Key, Number(f.Value)])));
        Table(page, "Failures", ["reason", "times"], report.FailureReasons.Select(r => (false, (string[])[r.Key, Number(r.Value)])));
        Table(page, "Settings", ["", "value"], report.Settings.Select(s => (true, (string[])[s.Key, s.Value as string ?? JsonSerializer.Serialize(s.Value)])));
        return page.Append("</body></html>\n").ToString();
    }

    private static void Table(StringBuilder page, string title, string[] head, IEnumerable<(bool Fine, string[] Cells)> rows)
    {
        var lines = rows.ToList();
        if (lines.Count == 0) return;
        page.Append(CultureInfo.InvariantCulture, $"<h2>{title}</h2><table><tr>");
        for (var i = 0; i < head.Length; i++) page.Append(CultureInfo.InvariantCulture, $"<th{(i == 0 ? "" : " class=\"n\"")}>{head[i]}</th>");
        foreach (var (fine, cells) in lines)
        {
            page.Append(fine ? "</tr><tr>" : "</tr><tr class=\"missed\">");
            for (var i = 0; i < cells.Length; i++) page.Append(CultureInfo.InvariantCulture, $"<td{(i == 0 ? "" : " class=\"n\"")}>{Text(cells[i])}</td>");
        }

        page.Append("</tr></table>");
    }

    private static string Number(double value) => value.ToString(value >= 1000 ? "#,0" : "0.##", CultureInfo.InvariantCulture);

    private static string Text(string text) => WebUtility.HtmlEncode(text);
}
