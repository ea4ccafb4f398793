using Certctl.Core.Hosting.Settings;
using Certctl.Core.Persistence;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Npgsql;

namespace Certctl.Core.Hosting;

public static class Database
{
    /// <summary>Registers the data source, the context and the readiness check of PostgreSQL.</summary>
    public static void AddDatabase(this IHostApplicationBuilder builder)
    {
        var settings = builder.AddSettings<DatabaseSettings>();
        builder.Services.AddSingleton(_ => CreateDataSource(settings, builder.Environment.ApplicationName));
        builder.Services.AddDbContextPool<CertctlDbContext>((services, options) =>
            options.UseCertctl(services.GetRequiredService<NpgsqlDataSource>()));
        builder.Services.AddHealthChecks().AddCheck<DatabaseHealthCheck>("postgresql", timeout: TimeSpan.FromSeconds(3));
    }

    /// <summary>Nothing of ours leaves state in a session (locks are a transaction's), so that a pooled connection needs no reset,
    /// which is six statements a use.</summary>
    private static NpgsqlDataSource CreateDataSource(DatabaseSettings settings, string applicationName) => NpgsqlDataSource.Create(
        new NpgsqlConnectionStringBuilder(ConnectionString(settings, applicationName)) { NoResetOnClose = true });

    /// <summary>The Npgsql connection string of a postgres:// URL; one in Npgsql's own form passes as it is.</summary>
    /// <exception cref="SettingsException">The URL cannot be read.</exception>
    public static string ConnectionString(DatabaseSettings settings, string applicationName)
    {
        try
        {
            var builder = settings.Url.Contains("://", StringComparison.Ordinal)
                ? FromUrl(new Uri(settings.Url))
                : new NpgsqlConnectionStringBuilder(settings.Url);
            builder.ApplicationName ??= applicationName;
            builder.MaxPoolSize = settings.MaxConnections;
            builder.Timeout = 5;
            builder.CommandTimeout = 30;
            builder.KeepAlive = 15;
            builder.MaxAutoPrepare = 100;
            builder.ConnectionIdleLifetime = 300;
            return builder.ConnectionString;
        }
        catch (Exception e) when (e is UriFormatException or ArgumentException)
        {
            throw new SettingsException(["CERTCTL_DATABASE_URL is refused: it must be like postgres://user:password@host:5432/database."]);
        }
    }

    private static NpgsqlConnectionStringBuilder FromUrl(Uri url)
    {
        if (url.Scheme is not ("postgres" or "postgresql")) throw new ArgumentException("not a postgres URL");
        var credentials = url.UserInfo.Split(':', 2);
        var builder = new NpgsqlConnectionStringBuilder
        {
            Host = url.Host,
            Port = url.Port > 0 ? url.Port : 5432,
            Database = Uri.UnescapeDataString(url.AbsolutePath.Trim('/')),
        };
        if (credentials[0].Length > 0) builder.Username = Uri.UnescapeDataString(credentials[0]);
        if (credentials.Length > 1) builder.Password = Uri.UnescapeDataString(credentials[1]);
        foreach (var (key, value) in Microsoft.AspNetCore.WebUtilities.QueryHelpers.ParseQuery(url.Query))
        {
            if (key is "sslmode") builder["SSL Mode"] = value.ToString().Replace("-", "", StringComparison.Ordinal);
            else builder[key] = value.ToString();
        }
        return builder;
    }
}
