using Certctl.Api.Pki;
using Certctl.Core.Hosting.Settings;
using Microsoft.AspNetCore.Authentication;

namespace Certctl.Api.Access;

internal static class AccessModule
{
    public static void AddAccess(this WebApplicationBuilder builder)
    {
        var settings = builder.AddSettings<AccessSettings>();
        NamedKeys.Read(settings);
        builder.Services.AddSingleton<ApiKeyDirectory>();
        builder.Services.AddSingleton<ITokenDirectory>(services => services.GetRequiredService<ApiKeyDirectory>());
        builder.Services.AddHostedService<ApiKeyRefresh>();
        builder.Services.AddSingleton<RequestLimits>();
        builder.Services.AddAuthentication(BearerAuthentication.SchemeName)
            .AddScheme<AuthenticationSchemeOptions, BearerAuthentication>(BearerAuthentication.SchemeName, null);
        builder.Services.AddAuthorization(Policies.AddTo);
    }

    public static void UseAccess(this WebApplication app)
    {
        app.UseAuthentication();
        var limits = app.Services.GetRequiredService<RequestLimits>();
        app.UseWhen(context => context.Request.Path.StartsWithSegments("/api"), branch => branch.Use(limits.InvokeAsync));
        app.UseWhen(context => context.Request.Path.StartsWithSegments(PkiEndpoints.Path), branch => branch.Use(limits.InvokePublicAsync));
        app.UseAuthorization();
    }
}
