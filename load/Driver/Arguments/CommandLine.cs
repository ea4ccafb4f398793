using System.Globalization;

namespace Certctl.Load.Arguments;

/// <summary>Options of the form <c>--name value</c>, and flags, which have no value; each may be given once.</summary>
internal sealed class CommandLine
{
    private readonly Dictionary<string, string> options = [];

    /// <param name="flags">The names that have no value.</param>
    /// <exception cref="UsageException">An option has no name, no value, or is there twice.</exception>
    public static CommandLine Parse(IReadOnlyList<string> arguments, params string[] flags)
    {
        var line = new CommandLine();
        for (var i = 0; i < arguments.Count; i++)
        {
            if (!arguments[i].StartsWith("--", StringComparison.Ordinal)) throw new UsageException($"{arguments[i]} is no option");
            var name = arguments[i][2..];
            var value = "";
            if (!flags.Contains(name)) value = ++i < arguments.Count ? arguments[i] : throw new UsageException($"--{name} has no value");
            if (!line.options.TryAdd(name, value)) throw new UsageException($"--{name} is there twice");
        }

        return line;
    }

    public string? Text(string name) => options.Remove(name, out var value) ? value : null;

    public bool Flag(string name) => options.Remove(name);

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
