using Certctl.Api.Access;
using Certctl.Api.Json;
using Certctl.Api.Problems;
using Certctl.Api.Writes;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;
using Scalar.AspNetCore;

namespace Certctl.Api.Documentation;

/// <summary>OpenAPI 3.1 at /openapi/v1.json and an interactive page at /scalar, whose assets come from this process.</summary>
internal static class OpenApiDocument
{
    private const string Bearer = "bearer";

    public static void AddDocumentation(this WebApplicationBuilder builder) => builder.Services.AddOpenApi("v1", options =>
    {
        options.OpenApiVersion = OpenApiSpecVersion.OpenApi3_1;
        options.ShouldInclude = description => description.RelativePath?.StartsWith("api/", StringComparison.Ordinal) == true;
        options.AddDocumentTransformer((document, _, _) =>
        {
            Describe(document);
            return Task.CompletedTask;
        });
        options.AddOperationTransformer(DescribeAsync);
        options.CreateSchemaReferenceId = type => IsGiven(type.Type) ? null : OpenApiOptions.CreateDefaultSchemaReferenceId(type);
        options.AddSchemaTransformer(DescribeGivenAsync);
    });

    public static void MapDocumentation(this WebApplication app)
    {
        app.MapOpenApi().AllowAnonymous();
        app.MapScalarApiReference("/scalar", options => options.WithTitle("certctl").DisableDefaultFonts().DisableTelemetry().DisableAgent().DisableMcp().HideDeveloperTools()).AllowAnonymous();
    }

    private static void Describe(Microsoft.OpenApi.OpenApiDocument document)
    {
        document.Info.Title = "certctl";
        document.Info.Description = """
            Lists take `limit` (1 to 500) and `cursor`, and answer `data` and `next_cursor`. Every POST that creates work takes
            `Idempotency-Key`: the same key with the same request gives the first answer again, for 24 hours. PATCH and DELETE
            take `If-Match` with an ETag. Errors are problem details (RFC 9457) with `trace_id`, and `errors` by field on a 400.
            """;
        document.Components ??= new OpenApiComponents();
        document.Components.SecuritySchemes ??= new Dictionary<string, IOpenApiSecurityScheme>();
        document.Components.SecuritySchemes[Bearer] = new OpenApiSecurityScheme
        {
            Type = SecuritySchemeType.Http,
            Scheme = "bearer",
            Description = "An API key, or an agent's own token.",
        };
    }

    private static async Task DescribeAsync(OpenApiOperation operation, OpenApiOperationTransformerContext context, CancellationToken cancellationToken)
    {
        operation.Responses ??= [];
        if (TakesIdempotencyKey(context)) AddHeader(operation, Idempotency.Header, "The same key with the same request gives the first answer again, for 24 hours.");
        if (TakesIfMatch(context)) AddHeader(operation, "If-Match", "The ETag of the state that may be changed; any unless given.");
        var schema = await context.GetOrCreateSchemaAsync(typeof(ProblemDocument), null, cancellationToken);
        context.Document?.AddComponent(nameof(ProblemDocument), schema);
        foreach (var (status, meaning) in StatusesOf(context)) operation.Responses.TryAdd(status, new OpenApiResponse
        {
            Description = meaning,
            Content = new Dictionary<string, OpenApiMediaType>
            {
                ["application/problem+json"] = new() { Schema = new OpenApiSchemaReference(nameof(ProblemDocument), context.Document) },
            },
        });
        operation.Security = [new OpenApiSecurityRequirement { [new OpenApiSecuritySchemeReference(Bearer, context.Document)] = [] }];
        operation.Description ??= $"Needs: {string.Join(", ", PoliciesOf(context))}.";
    }

    private static IEnumerable<(string Status, string Meaning)> StatusesOf(OpenApiOperationTransformerContext context)
    {
        yield return ("400", "The request is not valid");
        yield return ("401", "No valid token");
        yield return ("403", "Not allowed to this token");
        yield return ("404", "Not found");
        if (context.Description.HttpMethod is not "GET")
        {
            yield return ("409", "In conflict with what is there");
            yield return ("413", "The body is too large");
            yield return ("415", "Content type not supported");
        }

        if (PoliciesOf(context).Any(p => p is Policies.Agent or Policies.Anyone)) yield return ("410", "The agent is retired, or what was asked for is handed out once");
        if (TakesIfMatch(context)) yield return ("412", "If-Match does not hold");
        if (TakesIdempotencyKey(context)) yield return ("422", "Idempotency-Key was used for another request");
        yield return ("429", "Too many requests");
        yield return ("503", "Unavailable for the moment");
    }

    private static IEnumerable<string?> PoliciesOf(OpenApiOperationTransformerContext context) =>
        context.Description.ActionDescriptor.EndpointMetadata.OfType<IAuthorizeData>().Select(a => a.Policy).Distinct();

    private static bool TakesIdempotencyKey(OpenApiOperationTransformerContext context) =>
        context.Description.HttpMethod is "POST" && !context.Description.ActionDescriptor.EndpointMetadata.OfType<WithoutIdempotencyMetadata>().Any();

    private static bool TakesIfMatch(OpenApiOperationTransformerContext context) => context.Description.HttpMethod is "PATCH" or "DELETE";

    private static void AddHeader(OpenApiOperation operation, string name, string description)
    {
        operation.Parameters ??= [];
        operation.Parameters.Add(new OpenApiParameter
        {
            Name = name,
            In = ParameterLocation.Header,
            Description = description,
            Schema = new OpenApiSchema { Type = JsonSchemaType.String },
        });
    }

    /// <summary>A field of a PATCH looks like its value.</summary>
    private static async Task DescribeGivenAsync(OpenApiSchema schema, OpenApiSchemaTransformerContext context, CancellationToken cancellationToken)
    {
        if (!IsGiven(context.JsonTypeInfo.Type)) return;
        var value = await context.GetOrCreateSchemaAsync(context.JsonTypeInfo.Type.GetGenericArguments()[0], null, cancellationToken);
        (schema.Type, schema.Items, schema.Properties, schema.AdditionalProperties, schema.Format) =
            (value.Type, value.Items, value.Properties, value.AdditionalProperties, value.Format);
    }

    private static bool IsGiven(Type type) => type.IsGenericType && type.GetGenericTypeDefinition() == typeof(Given<>);
}
