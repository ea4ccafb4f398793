using System.Diagnostics;
using Npgsql;

namespace Certctl.IntegrationTests.Hosting;

/// <summary>PostgreSQL's own programs, told by the environment which database.</summary>
internal static class PostgresTools
{
    public static ProcessStartInfo Command(string program, string connectionString, params IEnumerable<string> arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true };
        foreach (var (name, value) in EnvironmentOf(connectionString)) start.Environment[name] = value;
        return start;
    }

    /// <summary>The variables that libpq reads.</summary>
    public static IEnumerable<(string Name, string Value)> EnvironmentOf(string connectionString)
    {
        var settings = new NpgsqlConnectionStringBuilder(connectionString);
        yield return ("PGHOST", settings.Host!);
        yield return ("PGPORT", $"{settings.Port}");
        yield return ("PGDATABASE", settings.Database!);
        yield return ("PGUSER", settings.Username!);
        yield return ("PGPASSWORD", settings.Password ?? "");
    }
}
