using System.ComponentModel;
using Certctl.Api.Access;
using Certctl.Api.Paging;
using Certctl.Api.Problems;
using Certctl.Api.Writes;
using Certctl.Core.Domain;
using Certctl.Core.Domain.Access;
using Certctl.Core.Persistence;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;

namespace Certctl.Api.ApiKeys;

/// <summary>An API key as the API shows it: all but the key.</summary>
public sealed record ApiKeyView(
    string Id, string Name, Role Role, string? AgentIdPrefix, string CreatedBy, DateTimeOffset CreatedAt, DateTimeOffset? ExpiresAt, DateTimeOffset? RevokedAt)
{
    public static ApiKeyView Of(ApiKey k) => new(k.Id, k.Name, k.Role, k.AgentIdPrefix, k.CreatedBy, k.CreatedAt, k.ExpiresAt, k.RevokedAt);
}

/// <summary>A new API key with the key itself, shown this once.</summary>
public sealed record NewApiKeyView(
    string Id, string Name, Role Role, string? AgentIdPrefix, string Key, string CreatedBy, DateTimeOffset CreatedAt, DateTimeOffset? ExpiresAt);

/// <summary>A new API key.</summary>
public sealed record CreateApiKey
{
    [Description("Who acts with it, as audit events say. Two keys of one name are a rotation.")]
    public string? Name { get; init; }

    [Description("admin, operator, viewer or agent.")]
    public Role? Role { get; init; }

    [Description("With role agent only: the key speaks for agents whose id begins so.")]
    public string? AgentIdPrefix { get; init; }

    [Description("When it stops working; never unless given.")]
    public DateTimeOffset? ExpiresAt { get; init; }
}

internal static class ApiKeyEndpoints
{
    private static readonly Sorting<ApiKey> Sorts = new Sorting<ApiKey>(k => k.Id, "created_at").By("created_at", k => k.CreatedAt).By("name", k => k.Name);

    public static void MapApiKeys(this IEndpointRouteBuilder api)
    {
        var group = api.MapGroup("/api-keys").WithTags("API keys").RequireAuthorization(Policies.Admin);
        group.MapPost("/", CreateAsync).WithSummary("Create an API key; it is shown this once");
        group.MapGet("/", ListAsync).WithSummary("List API keys");
        group.MapGet("/{id}", GetAsync).WithSummary("Read an API key");
        group.MapDelete("/{id}", DeleteAsync).WithSummary("Revoke an API key");
    }

    private static async Task<Results<Created<NewApiKeyView>, ProblemResult>> CreateAsync(
        CreateApiKey request, CertctlDbContext context, ApiKeyDirectory directory, Outbox outbox, AuditTrail audit, HttpContext http, TimeProvider time,
        CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        if (Check(request, now).Problem is { } problem) return problem;
        if (directory.IsOfEnvironment(request.Name!)) return Problem.Conflict($"'{request.Name}' is the name of a key of the environment.");
        var roles = await context.ApiKeys.Where(k => k.Name == request.Name && k.RevokedAt == null).Select(k => k.Role).Distinct().ToListAsync(cancellationToken);
        if (roles.Any(r => r != request.Role)) return Problem.Conflict($"'{request.Name}' has a key of another role; keys of one name are a rotation and have the same.");
        var token = Token.New(Token.ApiKeyPrefix);
        var key = new ApiKey
        {
            Id = Identifiers.New("ak", time),
            Name = request.Name!,
            Role = request.Role!.Value,
            KeyHash = Token.HashOf(token),
            AgentIdPrefix = request.AgentIdPrefix,
            CreatedBy = http.Caller().Actor,
            CreatedAt = now,
            ExpiresAt = request.ExpiresAt,
        };
        context.ApiKeys.Add(key);
        audit.Record("api_key_created", "api_key", key.Id, new { key.Name, role = SnakeCase.ToText(key.Role), key.AgentIdPrefix, key.ExpiresAt });
        outbox.AfterCommit(directory.RefreshAsync);
        await context.SaveChangesAsync(cancellationToken);
        http.SetETag(key.RowVersion);
        return TypedResults.Created(
            $"/api/v1/api-keys/{key.Id}",
            new NewApiKeyView(key.Id, key.Name, key.Role, key.AgentIdPrefix, token, key.CreatedBy, key.CreatedAt, key.ExpiresAt));
    }

    private static async Task<Ok<Page<ApiKeyView>>> ListAsync([AsParameters] SortedPageQuery query, CertctlDbContext context, CancellationToken cancellationToken) =>
        TypedResults.Ok(await Sorts.PageAsync(context.ApiKeys, query, ApiKeyView.Of, cancellationToken));

    private static async Task<Results<Ok<ApiKeyView>, ProblemResult>> GetAsync(
        string id, CertctlDbContext context, HttpContext http, CancellationToken cancellationToken)
    {
        if (await context.ApiKeys.AsNoTracking().SingleOrDefaultAsync(k => k.Id == id, cancellationToken) is not { } key) return Problem.NotFound("API key", id);
        http.SetETag(key.RowVersion);
        return TypedResults.Ok(ApiKeyView.Of(key));
    }

    private static async Task<Results<NoContent, ProblemResult>> DeleteAsync(
        string id, CertctlDbContext context, ApiKeyDirectory directory, Outbox outbox, AuditTrail audit, HttpContext http, TimeProvider time,
        CancellationToken cancellationToken)
    {
        if (await context.LockAsync<ApiKey>(id, cancellationToken) is not { } key) return Problem.NotFound("API key", id);
        if (!http.IfMatchHolds(key.RowVersion)) return Problem.PreconditionFailed();
        if (key.RevokedAt is not null) return TypedResults.NoContent();
        key.RevokedAt = time.GetUtcNow();
        audit.Record("api_key_revoked", "api_key", id, new { key.Name });
        outbox.AfterCommit(directory.RefreshAsync);
        return TypedResults.NoContent();
    }

    private static FieldErrors Check(CreateApiKey request, DateTimeOffset now)
    {
        var errors = new FieldErrors();
        errors.Required("name", request.Name, 255);
        errors.Check(request.Role is not null, "role", "is required: admin, operator, viewer or agent");
        errors.Check(request.AgentIdPrefix is null || request.Role == Role.Agent, "agent_id_prefix", "goes with role agent only");
        errors.Check(request.Role != Role.Agent || request.AgentIdPrefix is not null, "agent_id_prefix", "is required with role agent");
        errors.Optional("agent_id_prefix", request.AgentIdPrefix, Identifiers.MaxLength);
        errors.Check(request.ExpiresAt is null || request.ExpiresAt > now, "expires_at", "must lie in the future");
        return errors;
    }
}
