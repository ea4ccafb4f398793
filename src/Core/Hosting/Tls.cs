using System.Net;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using Certctl.Core.Hosting.Settings;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;

namespace Certctl.Core.Hosting;

/// <summary>The certificate that this process shows; set once the database has been prepared, replaced when renewed.</summary>
public sealed class ServerCertificate
{
    private volatile X509Certificate2? current;

    /// <summary>What Kestrel shows to the next connection; null refuses it.</summary>
    public X509Certificate2? Current
    {
        get => current;
        set => current = value;
    }
}

public static class Tls
{
    internal static void AddTls(this WebApplicationBuilder builder)
    {
        var settings = SettingsBinder.Bind<ServerSettings>(builder.Configuration);
        var certificate = new ServerCertificate();
        builder.Services.AddSingleton(certificate);
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = settings.MaxBodySize;
            kestrel.Limits.RequestHeadersTimeout = TimeSpan.FromSeconds(5);
            kestrel.ConfigureHttpsDefaults(https =>
            {
                https.SslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13;
                https.ServerCertificateSelector = (_, _) => certificate.Current;
            });
        });
    }

    /// <summary>Serves HTTPS on this port of CERTCTL_SERVER_HOST.</summary>
    public static void ListenHttps(this WebApplicationBuilder builder, Func<ServerSettings, int> port) =>
        builder.Listen(port, settings => settings.Host, options => options.UseHttps());

    /// <summary>Serves plain HTTP on this port of CERTCTL_SERVER_HOST.</summary>
    public static void ListenHttp(this WebApplicationBuilder builder, Func<ServerSettings, int> port) =>
        builder.Listen(port, settings => settings.Host, _ => { });

    /// <summary>Serves plain HTTP on this port of loopback, for health and metrics of a worker.</summary>
    public static void ListenLoopback(this WebApplicationBuilder builder, Func<ServerSettings, int> port) =>
        builder.Listen(port, _ => "127.0.0.1", _ => { });

    private static void Listen(
        this WebApplicationBuilder builder, Func<ServerSettings, int> port, Func<ServerSettings, string> host, Action<ListenOptions> configure)
    {
        var settings = SettingsBinder.Bind<ServerSettings>(builder.Configuration);
        var address = IPAddress.TryParse(host(settings), out var parsed)
            ? parsed
            : throw new SettingsException([$"CERTCTL_SERVER_HOST={host(settings)} is refused: it must be an IP address."]);
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(address, port(settings), configure));
    }
}
