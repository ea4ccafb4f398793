using System.Net;
using Certctl.Core.Hosting.Settings;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.HttpOverrides;
using Microsoft.Extensions.DependencyInjection;

namespace Certctl.Core.Hosting;

internal static class ForwardedHeaders
{
    /// <summary>Forwarded headers count only when a proxy that the operator named sends them.</summary>
    public static void AddForwardedHeaders(this WebApplicationBuilder builder)
    {
        var proxies = SettingsBinder.Bind<ServerSettings>(builder.Configuration).TrustedProxies;
        builder.Services.Configure<ForwardedHeadersOptions>(options =>
        {
            options.KnownProxies.Clear();
            options.KnownIPNetworks.Clear();
            options.ForwardedHeaders = proxies.Length == 0
                ? Microsoft.AspNetCore.HttpOverrides.ForwardedHeaders.None
                : Microsoft.AspNetCore.HttpOverrides.ForwardedHeaders.XForwardedFor | Microsoft.AspNetCore.HttpOverrides.ForwardedHeaders.XForwardedProto;
            foreach (var proxy in proxies)
            {
                if (IPAddress.TryParse(proxy, out var address)) options.KnownProxies.Add(address);
                else if (System.Net.IPNetwork.TryParse(proxy, out var network)) options.KnownIPNetworks.Add(network);
                else throw new SettingsException([$"CERTCTL_TRUSTED_PROXIES is refused: '{proxy}' is neither an address nor a CIDR range."]);
            }
        });
    }
}
