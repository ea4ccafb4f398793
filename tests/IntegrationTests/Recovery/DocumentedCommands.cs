using System.Diagnostics;
using Npgsql;

namespace Certctl.IntegrationTests.Recovery;

/// <summary>The commands of a page for operators, run as they stand there.</summary>
internal static class DocumentedCommands
{
    /// <param name="page">File in docs/operator.</param>
    /// <param name="heading">Of the section whose first block is run.</param>
    /// <param name="folder">Where it is run.</param>
    /// <param name="connectionString">What CERTCTL_DATABASE_URL is to mean.</param>
    public static async Task RunAsync(string page, string heading, string folder, string connectionString)
    {
        var text = await File.ReadAllTextAsync(Path.Combine(Repository.Root, "docs", "operator", page));
        var section = text.Split($"\n## {heading}\n")[1];
        var script = section.Split("```bash\n")[1].Split("```")[0];
        var start = new ProcessStartInfo("bash", ["-euo", "pipefail", "-c", script]) { WorkingDirectory = folder, RedirectStandardError = true };
        start.Environment["CERTCTL_DATABASE_URL"] = UrlOf(connectionString);
        using var process = Process.Start(start)!;
        var errors = await process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        Assert.True(process.ExitCode == 0, $"{script}{errors}");
    }

    private static string UrlOf(string connectionString)
    {
        var settings = new NpgsqlConnectionStringBuilder(connectionString);
        return $"postgres://{settings.Username}:{Uri.EscapeDataString(settings.Password ?? "")}@{settings.Host}:{settings.Port}/{settings.Database}";
    }
}
