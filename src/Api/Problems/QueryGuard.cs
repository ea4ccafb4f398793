using System.Reflection;
using Microsoft.AspNetCore.Mvc;

namespace Certctl.Api.Problems;

/// <summary>Refuses query parameters that the route does not have, since a misspelt dry_run would be a real run; and NUL in
/// their values, since PostgreSQL has no such text to compare with.</summary>
internal static class QueryGuard
{
    public static EndpointFilterDelegate For(EndpointFilterFactoryContext route, EndpointFilterDelegate next)
    {
        var known = route.MethodInfo.GetParameters().SelectMany(NamesOf).ToHashSet(StringComparer.OrdinalIgnoreCase);
        return context => Refusal(context.HttpContext.Request, known) is { } refusal ? new(refusal) : next(context);
    }

    private static IEnumerable<string> NamesOf(ParameterInfo parameter) => parameter.IsDefined(typeof(AsParametersAttribute))
        ? parameter.ParameterType.GetProperties().Select(p => p.GetCustomAttribute<FromQueryAttribute>()?.Name).OfType<string>()
        : parameter.GetCustomAttribute<FromQueryAttribute>()?.Name is { } name ? [name] : [];

    private static ProblemResult? Refusal(HttpRequest request, HashSet<string> known)
    {
        if (!request.QueryString.HasValue) return null;
        foreach (var (name, values) in request.Query)
        {
            if (!known.Contains(name)) return Problem.Validation(name, "is not a parameter of this route");
            if (values.Any(v => v is not null && v.Contains('\0', StringComparison.Ordinal))) return Problem.Validation(name, "holds a NUL character");
        }

        return null;
    }
}
