namespace Certctl.Api.Problems;

internal static class ProblemsModule
{
    public static void AddProblems(this WebApplicationBuilder builder)
    {
        builder.Services.AddSingleton<ProblemMiddleware>();
        // What binding refuses reaches the middleware instead of becoming a bare 400.
        builder.Services.Configure<RouteHandlerOptions>(o => o.ThrowOnBadRequest = true);
    }

    public static void UseProblems(this WebApplication app)
    {
        var problems = app.Services.GetRequiredService<ProblemMiddleware>();
        app.UseWhen(context => context.Request.Path.StartsWithSegments("/api"), branch => branch.Use(problems.InvokeAsync));
    }
}
