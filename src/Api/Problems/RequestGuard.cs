namespace Certctl.Api.Problems;

/// <summary>Refuses NUL in paths and queries, since PostgreSQL has no such text to compare with.</summary>
internal sealed class RequestGuard : IEndpointFilter
{
    public ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        var request = context.HttpContext.Request;
        foreach (var (name, value) in request.RouteValues)
            if (value is string text && text.Contains('\0', StringComparison.Ordinal)) return new(Problem.NotFound(name, text.Replace("\0", "", StringComparison.Ordinal)));
        if (!request.QueryString.HasValue) return next(context);
        foreach (var (name, values) in request.Query)
            if (values.Any(v => v is not null && v.Contains('\0', StringComparison.Ordinal))) return new(Problem.Validation(name, "holds a NUL character"));
        return next(context);
    }
}
