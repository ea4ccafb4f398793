using Certctl.Core.Hosting.Settings;
using Certctl.Core.Issuance;
using Microsoft.AspNetCore.Builder;

namespace Certctl.Core.Hosting;

/// <summary>Runs a process: built, its database prepared, then serving until it is told to stop.</summary>
public static class ServiceHost
{
    /// <summary>Runs until stopped. A refused setting ends the start with one line for each, without a stack trace.</summary>
    /// <returns>The exit code.</returns>
    public static async Task<int> RunAsync(string[] args, string name, Func<WebApplicationBuilder, WebApplication> build)
    {
        try
        {
            var app = build(CreateBuilder(args, name));
            await app.Services.PrepareDatabaseAsync(app.Lifetime.ApplicationStopping);
            await app.RunAsync();
            return 0;
        }
        catch (SettingsException e)
        {
            await Console.Error.WriteLineAsync(e.Message);
            return 78; // EX_CONFIG of sysexits.h
        }
    }

    /// <summary>A builder with the defaults of every process.</summary>
    public static WebApplicationBuilder CreateBuilder(string[] args, string name)
    {
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions
        {
            Args = args,
            ApplicationName = name,
            ContentRootPath = AppContext.BaseDirectory,
        });
        builder.AddHostDefaults();
        builder.AddDatabase();
        builder.AddIssuance();
        return builder;
    }
}
