using System.Globalization;
using System.Text.RegularExpressions;

namespace Certctl.Core.Hosting.Settings;

/// <summary>Durations as the Go system writes them: 90s, 5m, 24h, 1h30m, 250ms.</summary>
public static partial class GoDuration
{
    /// <summary>Reads a duration that is not negative.</summary>
    public static bool TryParse(string text, out TimeSpan duration)
    {
        duration = TimeSpan.Zero;
        if (text == "0") return true;
        if (!Whole().IsMatch(text)) return false;
        var seconds = 0d;
        foreach (var part in Part().EnumerateMatches(text))
        {
            var piece = text.AsSpan(part.Index, part.Length);
            var digits = piece[..(piece.LastIndexOfAnyInRange('0', '9') + 1)];
            var unit = piece[digits.Length..] switch { "h" => 3600d, "m" => 60d, "s" => 1d, _ => 0.001d };
            seconds += double.Parse(digits, CultureInfo.InvariantCulture) * unit;
        }

        if (seconds > TimeSpan.FromDays(36_500).TotalSeconds) return false;
        duration = TimeSpan.FromSeconds(seconds);
        return true;
    }

    /// <summary>Writes a duration in its largest whole units.</summary>
    public static string Format(TimeSpan duration)
    {
        if (duration == TimeSpan.Zero) return "0s";
        var text = "";
        if (duration.TotalHours >= 1) text += $"{(int)duration.TotalHours}h";
        if (duration.Minutes > 0) text += $"{duration.Minutes}m";
        if (duration.Seconds > 0) text += $"{duration.Seconds}s";
        if (duration.Milliseconds > 0) text += $"{duration.Milliseconds}ms";
        return text;
    }

    [GeneratedRegex(@"\A([0-9]{1,9}(\.[0-9]{1,9})?(ms|h|m|s)){1,4}\z")]
    private static partial Regex Whole();

    [GeneratedRegex(@"[0-9]+(\.[0-9]+)?(ms|h|m|s)")]
    private static partial Regex Part();
}
