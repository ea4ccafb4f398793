using Certctl.AcmeService.Validation.Caa;
using Certctl.AcmeService.Validation.Dialing;
using Certctl.AcmeService.Validation.Dns;
using Certctl.AcmeService.Validation.Dns01;
using Certctl.AcmeService.Validation.Http01;
using Certctl.AcmeService.Validation.TlsAlpn01;
using Certctl.Core.Hosting.Settings;

namespace Certctl.AcmeService.Validation;

/// <summary>The outbound side of challenge validation.</summary>
public static class ValidationModule
{
    /// <summary>Registers <see cref="IChallengeValidator"/>. <see cref="AcmeSettings"/> and a TimeProvider must be registered too.</summary>
    /// <exception cref="SettingsException">Some variable holds what it may not, the resolver's above all.</exception>
    public static void AddChallengeValidation(this IHostApplicationBuilder builder)
    {
        var settings = builder.AddSettings<ValidationSettings>();
        builder.Services.AddSingleton(new DnsLookup(ResolverAddress.Parse(settings.Resolver)));
        builder.Services.AddSingleton<TargetResolver>();
        builder.Services.AddSingleton<Dialer>();
        builder.Services.AddSingleton<HttpFetch>();
        builder.Services.AddSingleton<Http01Validator>();
        builder.Services.AddSingleton<Dns01Validator>();
        builder.Services.AddSingleton<TlsAlpn01Validator>();
        builder.Services.AddSingleton<CaaCheck>();
        builder.Services.AddSingleton<IChallengeValidator, ChallengeValidator>();
    }
}
