using System.Security.Claims;
using Certctl.Api.Access;
using Certctl.Core.Domain.Access;
using Certctl.Core.Hosting;
using Certctl.Core.Persistence;
using Hangfire;
using Hangfire.Dashboard;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.DataProtection.KeyManagement;
using Microsoft.Extensions.Options;

namespace Certctl.Api.Dashboard;

/// <summary>The Hangfire dashboard at /hangfire, behind a login: operators trigger, viewers look. It shows the jobs of the other processes: it
/// runs none itself.</summary>
internal static class DashboardModule
{
    public const string Scheme = "dashboard";
    private const string Policy = "dashboard";

    public static void AddDashboard(this WebApplicationBuilder builder)
    {
        builder.AddJobStorage();
        builder.Services.AddAntiforgery(o => o.Cookie.SecurePolicy = CookieSecurePolicy.Always);
        // In the database, so that a login holds on every replica and after a restart.
        builder.Services.AddDataProtection().SetApplicationName("certctl").PersistKeysToDbContext<CertctlDbContext>();
        builder.Services.AddSingleton<IConfigureOptions<KeyManagementOptions>>(services => new ConfigureOptions<KeyManagementOptions>(
            options => options.XmlEncryptor = new SealedKeys(services)));
        builder.Services.AddAuthentication().AddCookie(Scheme, cookie =>
        {
            cookie.LoginPath = LoginEndpoints.Path;
            cookie.AccessDeniedPath = LoginEndpoints.Path;
            cookie.Cookie.Name = "certctl-dashboard";
            cookie.Cookie.HttpOnly = true;
            cookie.Cookie.SameSite = SameSiteMode.Strict;
            cookie.Cookie.SecurePolicy = CookieSecurePolicy.Always;
            cookie.ExpireTimeSpan = TimeSpan.FromHours(8);
            cookie.SlidingExpiration = false;
            cookie.Events = new CookieAuthenticationEvents { OnValidatePrincipal = EndWithTheKeyAsync };
        });
        builder.Services.Configure<AuthorizationOptions>(options => options.AddPolicy(Policy, policy => policy
            .AddAuthenticationSchemes(Scheme)
            .RequireRole(nameof(Role.Viewer), nameof(Role.Operator), nameof(Role.Admin))));
    }

    public static void MapDashboard(this WebApplication app)
    {
        app.MapLogin();
        app.MapHangfireDashboard("/hangfire", new DashboardOptions
        {
            DashboardTitle = "certctl jobs",
            // "Back to site" leads to the way out.
            AppPath = LoginEndpoints.Path,
            // The endpoint's policy decides; Hangfire's own default would let in every local request.
            Authorization = [],
            IsReadOnlyFunc = context => !MayTrigger(context.GetHttpContext().User),
            DisplayStorageConnectionString = false,
        }).RequireAuthorization(Policy);
    }

    private static bool MayTrigger(ClaimsPrincipal user) => user.IsInRole(nameof(Role.Operator)) || user.IsInRole(nameof(Role.Admin));

    /// <summary>A login lives no longer than the API key that was typed.</summary>
    private static async Task EndWithTheKeyAsync(CookieValidatePrincipalContext context)
    {
        var hash = Convert.FromHexString(context.Principal!.FindFirstValue(ClaimTypes.Hash) ?? "");
        foreach (var directory in context.HttpContext.RequestServices.GetServices<ITokenDirectory>())
            if (await directory.FindAsync(hash, context.HttpContext.RequestAborted) is { Role: Role.Viewer or Role.Operator or Role.Admin }) return;
        context.RejectPrincipal();
    }
}
