using Certctl.Core.Auditing;
using Certctl.Core.Hosting.Settings;
using Certctl.Core.Issuance;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;

namespace Certctl.Core.Hosting;

/// <summary>Runs a process: built, its database prepared, then serving until it is told to stop.</summary>
public static class ServiceHost
{
    /// <summary>Runs until stopped, or runs one of <see cref="Commands"/> when the arguments are one. A refused setting ends the start with one line for each, without a stack trace.</summary>
    /// <param name="add">Adds the process's services; the defaults are there.</param>
    /// <param name="map">Maps its endpoints, once the database is ready.</param>
    /// <returns>The exit code.</returns>
    public static async Task<int> RunAsync(string[] args, Action<WebApplicationBuilder> add, Action<WebApplication> map)
    {
        try
        {
            if (Commands.AreIn(args)) return await RunCommandAsync(args);
            var builder = CreateBuilder(args);
            add(builder);
            await using var app = await BuildAsync(builder, map);
            await app.RunAsync();
            return Environment.ExitCode;
        }
        catch (SettingsException e)
        {
            await Console.Error.WriteLineAsync(e.Message);
            return 78; // EX_CONFIG of sysexits.h
        }
    }

    private static async Task<int> RunCommandAsync(string[] args)
    {
        await using var app = CreateBuilder([]).Build();
        return await Commands.RunAsync(app.Services, args, Console.Out, app.Lifetime.ApplicationStopping);
    }

    /// <summary>A builder with the defaults of every process.</summary>
    /// <param name="configure">Adds configuration ahead of everything that reads it; stronger than the environment.</param>
    public static WebApplicationBuilder CreateBuilder(string[] args, Action<IConfigurationBuilder>? configure = null)
    {
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions
        {
            Args = args,
            ContentRootPath = AppContext.BaseDirectory,
        });
        configure?.Invoke(builder.Configuration);
        builder.AddHostDefaults();
        builder.AddDatabase();
        builder.AddIssuance();
        builder.AddAuditing();
        return builder;
    }

    /// <summary>Builds, prepares the database, and maps: ready to run.</summary>
    public static async Task<WebApplication> BuildAsync(WebApplicationBuilder builder, Action<WebApplication> map)
    {
        var app = builder.Build();
        await app.Services.PrepareDatabaseAsync(app.Lifetime.ApplicationStopping);
        app.MapHostDefaults();
        map(app);
        return app;
    }
}
