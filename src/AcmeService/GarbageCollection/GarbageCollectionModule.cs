using Certctl.Contracts;
using Certctl.Core.Hosting.Settings;

namespace Certctl.AcmeService.GarbageCollection;

/// <summary>The recurring jobs of queue <c>acme</c>.</summary>
internal static class GarbageCollectionModule
{
    public static void AddGarbageCollection(this IHostApplicationBuilder builder)
    {
        builder.AddSettings<GarbageCollectionSettings>();
        builder.Services.AddSingleton<Sweep>();
        builder.Services.AddScoped<IAcmeNonceSweep, NonceSweep>();
        builder.Services.AddScoped<IAcmeAuthorizationSweep, AuthorizationSweep>();
        builder.Services.AddScoped<IAcmeOrderSweep, OrderSweep>();
        builder.Services.AddScoped<IAcmeRetention, AcmeRetention>();
        builder.Services.AddHostedService<RecurringJobs>();
    }
}
