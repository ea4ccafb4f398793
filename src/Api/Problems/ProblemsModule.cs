namespace Certctl.Api.Problems;

internal static class ProblemsModule
{
    public static void AddProblems(this WebApplicationBuilder builder)
    {
        builder.Services.AddSingleton<ProblemMiddleware>();
        builder.Services.AddSingleton<BodySizeLimit>();
        // What binding refuses reaches the middleware instead of becoming a bare 400.
        builder.Services.Configure<RouteHandlerOptions>(o => o.ThrowOnBadRequest = true);
    }

    public static void UseProblems(this WebApplication app)
    {
        var problems = app.Services.GetRequiredService<ProblemMiddleware>();
        app.UseWhen(context => context.Request.Path.StartsWithSegments("/api"), branch => branch.Use(problems.InvokeAsync));
    }

    /// <summary>After authentication.</summary>
    public static void UseBodySizeLimit(this WebApplication app)
    {
        var limit = app.Services.GetRequiredService<BodySizeLimit>();
        app.UseWhen(context => context.Request.Path.StartsWithSegments("/api"), branch => branch.Use(limit.InvokeAsync));
    }
}
