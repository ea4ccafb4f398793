namespace Certctl.Api.Writes;

internal static class WritesModule
{
    public static void AddWrites(this WebApplicationBuilder builder)
    {
        builder.Services.AddHttpContextAccessor();
        builder.Services.AddScoped<Outbox>();
        builder.Services.AddScoped<AuditTrail>();
    }
}
