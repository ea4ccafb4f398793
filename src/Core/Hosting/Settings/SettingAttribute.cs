namespace Certctl.Core.Hosting.Settings;

/// <summary>Binds a property to an environment variable; the source of docs/reference/configuration.md too.</summary>
/// <param name="variable">Name of the variable.</param>
/// <param name="description">What it does, in one sentence.</param>
[AttributeUsage(AttributeTargets.Property)]
public sealed class SettingAttribute(string variable, string description) : Attribute
{
    public string Variable { get; } = variable;
    public string Description { get; } = description;

    /// <summary>Smallest and largest value of a number, in its own unit, or of a duration, in seconds.</summary>
    public double Min { get; init; } = double.NegativeInfinity;
    public double Max { get; init; } = double.PositiveInfinity;

    /// <summary>The only texts allowed, separated by a bar.</summary>
    public string? OneOf { get; init; }

    /// <summary>Never shown, neither in an error nor in a log.</summary>
    public bool Secret { get; init; }
}

/// <summary>A variable holds what it may not; the message has one line for each, ready to be printed.</summary>
public sealed class SettingsException(IEnumerable<string> lines) : Exception(string.Join(Environment.NewLine, lines));
