using System.Collections;
using System.Globalization;
using System.Reflection;
using System.Text;

namespace Certctl.Core.Hosting.Settings;

/// <summary>The reference of every variable, in Markdown, made from the settings records themselves.</summary>
public static class SettingsReference
{
    /// <summary>The records with settings among the types of these assemblies, by name.</summary>
    public static IReadOnlyList<Type> Records(IEnumerable<Assembly> assemblies) =>
        [.. assemblies.SelectMany(a => a.GetTypes()).Where(t => SettingsBinder.SettingsOf(t).Any()).OrderBy(t => t.Name, StringComparer.Ordinal)];

    /// <summary>The text of docs/reference/configuration.md.</summary>
    public static string Markdown(IEnumerable<Type> records)
    {
        var text = new StringBuilder("""
            # Configuration

            Every setting is an environment variable. An empty one counts as none; a bad value stops the start with a line that names
            the variable and what it may be. Durations are written as in Go: `90s`, `5m`, `24h`, `1h30m`. This page is generated from the
            settings records (`UPDATE_DOCS=1 dotnet run --project tests/UnitTests`), and a test holds the two together.

            """);
        foreach (var record in records) Append(text, record);
        return text.ToString();
    }

    private static void Append(StringBuilder text, Type record)
    {
        var defaults = Activator.CreateInstance(record);
        text.Append(CultureInfo.InvariantCulture, $"\n## {Heading(record)}\n\n| Variable | Default | May be | What it does |\n|---|---|---|---|\n");
        foreach (var (property, setting) in SettingsBinder.SettingsOf(record))
        {
            var secret = setting.Secret ? " (secret)" : "";
            text.Append(CultureInfo.InvariantCulture,
                $"| `{setting.Variable}` | {Default(property.GetValue(defaults))} | {SettingsBinder.Describe(property.PropertyType, setting)}{secret} | {setting.Description} |\n");
        }
    }

    /// <summary>RenewalSettings as Renewal.</summary>
    private static string Heading(Type record) => record.Name.Replace("Settings", "", StringComparison.Ordinal);

    private static string Default(object? value) => value switch
    {
        null or "" or IList { Count: 0 } => "",
        bool flag => flag ? "`true`" : "`false`",
        TimeSpan duration => $"`{GoDuration.Format(duration)}`",
        IEnumerable<string> list => $"`{string.Join(',', list)}`",
        _ => string.Create(CultureInfo.InvariantCulture, $"`{value}`"),
    };
}
