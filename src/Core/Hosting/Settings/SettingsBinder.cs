using System.Globalization;
using System.Reflection;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Certctl.Core.Hosting.Settings;

/// <summary>Fills settings records from CERTCTL_* variables and refuses to start on a bad value.</summary>
public static class SettingsBinder
{
    /// <summary>Reads the record once, registers it, and gives it back.</summary>
    /// <exception cref="SettingsException">Some variable holds what it may not.</exception>
    public static T AddSettings<T>(this IHostApplicationBuilder builder) where T : class, new()
    {
        var settings = Bind<T>(builder.Configuration);
        builder.Services.AddSingleton(settings);
        return settings;
    }

    /// <summary>Reads the record; an empty variable counts as none.</summary>
    /// <exception cref="SettingsException">Some variable holds what it may not.</exception>
    public static T Bind<T>(IConfiguration configuration) where T : class, new()
    {
        var settings = new T();
        var errors = new List<string>();
        foreach (var (property, setting) in SettingsOf(typeof(T)))
        {
            var text = configuration[setting.Variable];
            if (string.IsNullOrWhiteSpace(text)) continue;
            if (TryConvert(property.PropertyType, text.Trim(), out var value) && InBounds(value, setting))
                property.SetValue(settings, value);
            else
                errors.Add($"{setting.Variable}={(setting.Secret ? "(secret)" : text)} is refused: it must be {Describe(property.PropertyType, setting)}.");
        }

        return errors.Count == 0 ? settings : throw new SettingsException(errors);
    }

    /// <summary>The bound properties of a settings record, in order of declaration.</summary>
    public static IEnumerable<(PropertyInfo Property, SettingAttribute Setting)> SettingsOf(Type type) =>
        from property in type.GetProperties()
        let setting = property.GetCustomAttribute<SettingAttribute>()
        where setting is not null
        select (property, setting);

    /// <summary>What a variable may hold, in words.</summary>
    public static string Describe(Type type, SettingAttribute setting)
    {
        if (setting.OneOf is not null) return "one of " + setting.OneOf.Replace("|", ", ", StringComparison.Ordinal);
        var kind = Nullable.GetUnderlyingType(type) ?? type;
        if (kind == typeof(bool)) return "true or false";
        if (kind == typeof(TimeSpan)) return "a duration such as 90s, 5m or 24h" + Range(setting, s => GoDuration.Format(TimeSpan.FromSeconds(s)));
        if (kind == typeof(int)) return "a whole number" + Range(setting, n => n.ToString(CultureInfo.InvariantCulture));
        if (kind == typeof(double)) return "a number" + Range(setting, n => n.ToString(CultureInfo.InvariantCulture));
        if (kind == typeof(Uri)) return "an absolute URL";
        return kind == typeof(string[]) ? "a comma-separated list" : "a text";
    }

    private static string Range(SettingAttribute setting, Func<double, string> format) => setting switch
    {
        { Min: double.NegativeInfinity, Max: double.PositiveInfinity } => "",
        { Max: double.PositiveInfinity } => $" of at least {format(setting.Min)}",
        _ => $" from {format(setting.Min)} to {format(setting.Max)}",
    };

    private static bool TryConvert(Type type, string text, out object? value)
    {
        value = null;
        var kind = Nullable.GetUnderlyingType(type) ?? type;
        if (kind == typeof(string)) value = text;
        else if (kind == typeof(string[])) value = text.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        else if (kind == typeof(bool) && bool.TryParse(text, out var flag)) value = flag;
        else if (kind == typeof(int) && int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number)) value = number;
        else if (kind == typeof(double) && double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var real)) value = real;
        else if (kind == typeof(TimeSpan) && GoDuration.TryParse(text, out var duration)) value = duration;
        else if (kind == typeof(Uri) && Uri.TryCreate(text, UriKind.Absolute, out var uri)) value = uri;
        return value is not null;
    }

    private static bool InBounds(object? value, SettingAttribute setting) => value switch
    {
        int number => number >= setting.Min && number <= setting.Max,
        double number => number >= setting.Min && number <= setting.Max,
        TimeSpan duration => duration.TotalSeconds >= setting.Min && duration.TotalSeconds <= setting.Max,
        string text when setting.OneOf is not null => setting.OneOf.Split('|').Contains(text),
        _ => true,
    };
}
