namespace Certctl.Api.Writes;

internal static class WritesModule
{
    public static void AddWrites(this WebApplicationBuilder builder)
    {
        builder.Services.AddHttpContextAccessor();
        builder.Services.AddScoped<Outbox>();
        builder.Services.AddScoped<AuditTrail>();
        builder.Services.AddScoped<Idempotency>();
    }

    /// <summary>Keeps the body of a request with an Idempotency-Key in memory, for its hash. Its size is bounded by the server's limit.</summary>
    public static void UseBufferedBodies(this WebApplication app) => app.UseWhen(
        context => HttpMethods.IsPost(context.Request.Method) && context.Request.Path.StartsWithSegments("/api")
            && context.Request.Headers.ContainsKey(Idempotency.Header) && context.User.Identity is { IsAuthenticated: true },
        branch => branch.Use((context, next) =>
        {
            context.Request.EnableBuffering(bufferThreshold: int.MaxValue);
            return next(context);
        }));
}
