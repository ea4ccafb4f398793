using System.Globalization;

namespace Certctl.Load.Arguments;

/// <summary>Options of the form <c>--name value</c>; each may be given once.</summary>
internal sealed class CommandLine
{
    private readonly Dictionary<string, string> options = [];

    /// <exception cref="UsageException">An option has no name, no value, or is there twice.</exception>
    public static CommandLine Parse(IReadOnlyList<string> arguments)
    {
        var line = new CommandLine();
        for (var i = 0; i < arguments.Count; i += 2)
        {
            if (!arguments[i].StartsWith("--", StringComparison.Ordinal)) throw new UsageException($"{arguments[i]} is no option");
            if (i + 1 == arguments.Count) throw new UsageException($"{arguments[i]} has no value");
            if (!line.options.TryAdd(arguments[i][2..], arguments[i + 1])) throw new UsageException($"{arguments[i]} is there twice");
        }

        return line;
    }

    public string? Text(string name) => options.Remove(name, out var value) ? value : null;

    public string Required(string name) => Text(name) ?? throw new UsageException($"--{name} is missing");

    public int Number(string name, int otherwise, int least = 0) => Text(name) is not { } text ? otherwise
        : int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var value) && value >= least ? value
        : throw new UsageException($"--{name} {text}: a whole number, at least {least}");

    public double? Fraction(string name) => Text(name) is not { } text ? null
        : double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var value) ? value
        : throw new UsageException($"--{name} {text}: a number");

    public TimeSpan Duration(string name, TimeSpan otherwise) => OptionalDuration(name) ?? otherwise;

    public TimeSpan? OptionalDuration(string name) => Text(name) is { } text
        ? ParseDuration(text) ?? throw new UsageException($"--{name} {text}: a duration such as 500ms, 30s, 5m")
        : null;

    /// <exception cref="UsageException">An option was given that nobody asked for.</exception>
    public void Done()
    {
        if (options.Count > 0) throw new UsageException("unknown option --" + string.Join(", --", options.Keys));
    }

    internal static TimeSpan? ParseDuration(string text)
    {
        var digits = text.TrimEnd("hms".ToCharArray());
        if (!double.TryParse(digits, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var value)) return null;
        return text[digits.Length..] switch
        {
            "ms" => TimeSpan.FromMilliseconds(value),
            "s" => TimeSpan.FromSeconds(value),
            "m" => TimeSpan.FromMinutes(value),
            "h" => TimeSpan.FromHours(value),
            _ => null,
        };
    }
}

internal sealed class UsageException(string message) : Exception(message);
