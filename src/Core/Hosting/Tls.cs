using System.Net;
using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using Certctl.Core.Hosting.Settings;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.Extensions.DependencyInjection;

namespace Certctl.Core.Hosting;

/// <summary>The certificate that this process shows; set once the database has been prepared, replaced when renewed.</summary>
public sealed class ServerCertificate
{
    private volatile SslServerAuthenticationOptions? options;

    /// <summary>What the next connection gets; the CA that issued it goes along, so that a client needs the root only.</summary>
    public void Show(X509Certificate2 certificate, X509Certificate2Collection chain) => options = new SslServerAuthenticationOptions
    {
        ServerCertificateContext = SslStreamCertificateContext.Create(certificate, chain, offline: true),
        EnabledSslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13,
        // TLS 1.2 would let a client make the server sign again and again on one connection.
        AllowRenegotiation = false,
    };

    internal SslServerAuthenticationOptions Options =>
        options ?? throw new AuthenticationException("The TLS certificate is not there yet.");
}

public static class Tls
{
    internal static void AddTls(this WebApplicationBuilder builder)
    {
        var settings = builder.AddSettings<RequestLimitSettings>();
        builder.Services.AddSingleton<ServerCertificate>();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            Bound(kestrel.Limits, settings);
        });
    }

    private static void Bound(KestrelServerLimits limits, RequestLimitSettings settings)
    {
        limits.MaxConcurrentConnections = settings.MaxConnections;
        // Nothing here speaks anything but HTTP.
        limits.MaxConcurrentUpgradedConnections = 0;
        limits.MaxRequestBodySize = settings.MaxBodySize;
        limits.MaxRequestHeaderCount = settings.MaxHeaderCount;
        limits.MaxRequestHeadersTotalSize = settings.MaxHeadersSize;
        limits.MaxRequestLineSize = settings.MaxRequestLineSize;
        // Kestrel insists that its buffer holds a request line; what is larger than the line stays its default.
        limits.RequestHeadersTimeout = settings.HeadersTimeout;
        limits.KeepAliveTimeout = settings.KeepAliveTimeout;
        limits.MinRequestBodyDataRate = limits.MinResponseDataRate = new MinDataRate(settings.MinBodyRate, settings.MinBodyRateGrace);
    }

    /// <summary>Serves HTTPS on this port of CERTCTL_SERVER_HOST.</summary>
    public static void ListenHttps(this WebApplicationBuilder builder, Func<ServerSettings, int> port) =>
        builder.Listen(port, settings => settings.Host, options =>
        {
            var certificate = options.ApplicationServices.GetRequiredService<ServerCertificate>();
            options.UseHttps(new TlsHandshakeCallbackOptions { OnConnection = _ => new(certificate.Options) });
        });

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
