using System.Diagnostics;
using System.Globalization;
using System.Reflection;
using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Http.Metadata;

namespace Certctl.Api.Problems;

/// <summary>A problem as a result; it writes application/problem+json with the request's trace id.</summary>
public sealed class ProblemResult(int status, string kind, string title, string detail, IReadOnlyDictionary<string, string[]>? errors = null)
    : IResult, IStatusCodeHttpResult, IEndpointMetadataProvider
{
    private const string ContentType = "application/problem+json";

    public int Status => status;
    int? IStatusCodeHttpResult.StatusCode => status;

    /// <summary>When the caller may try again; sent in whole seconds, at least one.</summary>
    public TimeSpan? RetryAfter { get; init; }

    public Task ExecuteAsync(HttpContext httpContext)
    {
        var response = httpContext.Response;
        if (response.HasStarted) return Task.CompletedTask;
        response.Headers.Remove("Location");
        response.Headers.Remove("ETag");
        response.StatusCode = status;
        if (RetryAfter is { } wait)
            response.Headers.RetryAfter = Math.Max(1, (int)Math.Ceiling(wait.TotalSeconds)).ToString(CultureInfo.InvariantCulture);
        var document = new ProblemDocument($"urn:certctl:problem:{kind}", title, status, detail,
            Activity.Current?.TraceId.ToHexString() ?? httpContext.TraceIdentifier, errors);
        return response.WriteAsJsonAsync(document, ProblemJson.Default.ProblemDocument, ContentType);
    }

    public static void PopulateMetadata(MethodInfo method, EndpointBuilder builder) =>
        builder.Metadata.Add(new ProducesResponseTypeMetadata(StatusCodes.Status400BadRequest, typeof(ProblemDocument), [ContentType]));
}

/// <summary>What a problem looks like on the wire (RFC 9457 3.1, with trace_id, and errors by field).</summary>
public sealed record ProblemDocument(
    string Type, string Title, int Status, string Detail, string TraceId, IReadOnlyDictionary<string, string[]>? Errors);

[JsonSerializable(typeof(ProblemDocument))]
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
internal sealed partial class ProblemJson : JsonSerializerContext;
