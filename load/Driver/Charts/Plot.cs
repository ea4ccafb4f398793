using System.Globalization;
using System.Net;
using System.Text;

namespace Certctl.Load.Charts;

/// <summary>Where values lie along one side of a plot.</summary>
/// <param name="Ticks">Values that are labelled.</param>
internal sealed record Axis(double From, double To, bool Logarithmic, IReadOnlyList<(double Value, string Label)> Ticks)
{
    /// <summary>Decades of milliseconds around what is shown.</summary>
    public static Axis Milliseconds(IEnumerable<double> values)
    {
        var shown = values.Where(v => v > 0).DefaultIfEmpty(1).ToList();
        var (low, high) = ((int)Math.Floor(Math.Log10(shown.Min())), (int)Math.Floor(Math.Log10(shown.Max())) + 1);
        return new Axis(Math.Pow(10, low), Math.Pow(10, high), Logarithmic: true, [.. Enumerable.Range(low, high - low + 1)
            .Select(e => (Math.Pow(10, e), Math.Pow(10, e).ToString("0.###", CultureInfo.InvariantCulture) + " ms"))]);
    }

    /// <summary>0 at the beginning, 1 at the end.</summary>
    public double Place(double value) => Logarithmic
        ? (Math.Log10(Math.Clamp(value, From, To)) - Math.Log10(From)) / (Math.Log10(To) - Math.Log10(From))
        : (Math.Clamp(value, From, To) - From) / (To - From);
}

/// <summary>A chart as inline SVG: it needs no script and no network.</summary>
internal sealed class Plot(string title, Axis x, Axis y)
{
    private const double Width = 560, Height = 260, Left = 70, Right = 14, Top = 30, Bottom = 30;

    private readonly StringBuilder shapes = new();
    private double legend = Left;

    /// <summary>A line; it is broken where a value is missing.</summary>
    public void Line(string name, string color, IEnumerable<(double X, double? Y)> points)
    {
        var (path, drawn, length) = (new StringBuilder(), false, 0);
        foreach (var (atX, value) in points)
        {
            if (value is { } atY)
            {
                path.Append(CultureInfo.InvariantCulture, $"{(drawn ? 'L' : 'M')}{Px(atX):F1} {Py(atY):F1}");
                length++;
            }

            drawn = value is not null;
        }

        // A single point would be invisible as a line.
        if (length > 0) Add($"<path d=\"{path}\" fill=\"none\" stroke=\"{color}\" stroke-width=\"1.6\" stroke-linecap=\"round\"/>");
        Legend(name, color);
    }

    /// <summary>Bars from the bottom, the highest of them a third of the plot.</summary>
    public void Bars(string name, string color, IReadOnlyList<(double X, double Value)> bars)
    {
        var highest = bars.Count == 0 ? 0 : bars.Max(b => b.Value);
        if (highest <= 0) return;
        var width = Math.Max(1, (Width - Left - Right) / bars.Count - 1);
        foreach (var (atX, value) in bars)
        {
            var height = value / highest * (Height - Top - Bottom) / 3;
            Add($"<rect x=\"{Px(atX) - width:F1}\" y=\"{Height - Bottom - height:F1}\" width=\"{width:F1}\" height=\"{height:F1}\" fill=\"{color}\"/>");
        }

        Legend(string.Create(CultureInfo.InvariantCulture, $"{name} (most {highest:0.#})"), color);
    }

    /// <summary>A limit: a short stroke across a place of the x axis.</summary>
    public void Limit(double atX, double value, string name) => Add(
        $"<g stroke=\"#c22\"><title>{WebUtility.HtmlEncode(name)}</title><path d=\"M{Px(atX) - 22:F1} {Py(value):F1}h44\" stroke-width=\"2\" stroke-dasharray=\"5 3\"/></g>");

    public string Svg()
    {
        var svg = new StringBuilder();
        Into(svg, $"<svg viewBox=\"0 0 {Width} {Height}\" role=\"img\" aria-label=\"{WebUtility.HtmlEncode(title)}\">");
        foreach (var (value, label) in y.Ticks)
            Into(svg, $"<path d=\"M{Left} {Py(value):F1}H{Width - Right}\" class=\"grid\"/><text x=\"{Left - 6}\" y=\"{Py(value) + 4:F1}\" text-anchor=\"end\">{label}</text>");
        foreach (var (value, label) in x.Ticks)
            Into(svg, $"<path d=\"M{Px(value):F1} {Top}V{Height - Bottom}\" class=\"grid\"/><text x=\"{Px(value):F1}\" y=\"{Height - Bottom + 16}\" text-anchor=\"middle\">{label}</text>");
        return svg.Append(shapes).Append("</svg>").ToString();
    }

    private double Px(double value) => Left + x.Place(value) * (Width - Left - Right);

    private double Py(double value) => Height - Bottom - y.Place(value) * (Height - Top - Bottom);

    private void Legend(string name, string color)
    {
        Add($"<rect x=\"{legend:F0}\" y=\"9\" width=\"12\" height=\"6\" fill=\"{color}\"/><text x=\"{legend + 16:F0}\" y=\"16\">{WebUtility.HtmlEncode(name)}</text>");
        legend += 34 + 6.4 * name.Length;
    }

    private void Add(FormattableString shape) => Into(shapes, shape);

    private static void Into(StringBuilder to, FormattableString shape) => to.AppendLine(shape.ToString(CultureInfo.InvariantCulture));
}
