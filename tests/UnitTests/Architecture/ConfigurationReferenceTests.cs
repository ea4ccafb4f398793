using Certctl.Core.Hosting.Settings;

namespace Certctl.UnitTests.Architecture;

public sealed class ConfigurationReferenceTests
{
    private static readonly IReadOnlyList<Type> Records = SettingsReference.Records(SourceTree.Assemblies);

    [Fact]
    public void The_reference_is_what_the_settings_say()
    {
        var path = Path.Combine(SourceTree.Root, "docs", "reference", "configuration.md");
        var generated = SettingsReference.Markdown(Records);
        if (Environment.GetEnvironmentVariable("UPDATE_DOCS") == "1") File.WriteAllText(path, generated);
        Assert.True(File.Exists(path) && File.ReadAllText(path) == generated,
            "docs/reference/configuration.md is not what the settings say. Write it anew: UPDATE_DOCS=1 dotnet run --project tests/UnitTests");
    }

    [Fact]
    public void A_variable_is_declared_once_by_a_name_of_ours()
    {
        var variables = Records.SelectMany(SettingsBinder.SettingsOf).Select(s => s.Setting.Variable).ToList();
        Assert.True(variables.Count > 40, $"only {variables.Count} variables");
        Assert.All(variables, v => Assert.Matches("^CERTCTL_[A-Z0-9_]+$", v));
        Assert.Equal(variables.Distinct(), variables);
    }

    [Fact]
    public void Every_default_is_within_its_own_bounds()
    {
        foreach (var (record, property, setting) in Records.SelectMany(r => SettingsBinder.SettingsOf(r).Select(s => (r, s.Property, s.Setting))))
        {
            var number = property.GetValue(Activator.CreateInstance(record)) switch
            {
                int n => n,
                double n => n,
                TimeSpan duration => duration.TotalSeconds,
                _ => (double?)null,
            };
            Assert.True(number is null || (number >= setting.Min && number <= setting.Max), $"{setting.Variable} is {number} unless set");
        }
    }
}
