using System.Globalization;
using System.Text.Json;
using Certctl.Api.Access;
using Certctl.Api.Paging;
using Certctl.Core.Domain.Access;
using Certctl.Core.Persistence;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.EntityFrameworkCore;

namespace Certctl.Api.Audit;

/// <summary>An audit event as the API shows it.</summary>
public sealed record AuditEventView(
    long Id, string Actor, string ActorType, string Action, string ResourceType, string ResourceId, JsonElement Details, DateTimeOffset Timestamp)
{
    public static AuditEventView Of(AuditEvent e) => new(
        e.Id, e.Actor, e.ActorType, e.Action, e.ResourceType, e.ResourceId, JsonElement.Parse(e.Details), e.Timestamp);
}

/// <summary>Which audit events a list shows.</summary>
public sealed record AuditQuery : PageQuery
{
    [FromQuery(Name = "resource_id")]
    public string? ResourceId { get; init; }

    [FromQuery(Name = "actor")]
    public string? Actor { get; init; }

    [FromQuery(Name = "action")]
    public string? Action { get; init; }

    internal IQueryable<AuditEvent> Filter(IQueryable<AuditEvent> events)
    {
        if (ResourceId is not null) events = events.Where(e => e.ResourceId == ResourceId);
        if (Actor is not null) events = events.Where(e => e.Actor == Actor);
        if (Action is not null) events = events.Where(e => e.Action == Action);
        return events;
    }
}

internal static class AuditEndpoints
{
    private const string Sort = "-id";

    public static void MapAuditEvents(this IEndpointRouteBuilder api) =>
        api.MapGet("/audit-events", ListAsync).WithTags("Audit").RequireAuthorization(Policies.Viewer).WithSummary("List audit events, newest first");

    /// <summary>The id counts upwards, so it is the order of time and the whole cursor.</summary>
    private static async Task<Ok<Page<AuditEventView>>> ListAsync(
        [AsParameters] AuditQuery query, CertctlDbContext context, CancellationToken cancellationToken)
    {
        var take = query.Take;
        var events = query.Filter(context.AuditEvents.AsNoTracking());
        if (Cursor.Read(query.Cursor, Sort) is { } cursor)
        {
            if (!long.TryParse(cursor.Id, NumberStyles.None, CultureInfo.InvariantCulture, out var last)) throw Cursor.Invalid();
            events = events.Where(e => e.Id < last);
        }

        var found = await events.OrderByDescending(e => e.Id).Take(take + 1).ToListAsync(cancellationToken);
        var next = found.Count > take ? new Cursor(Sort, null, found[take - 1].Id.ToString(CultureInfo.InvariantCulture)).Encode() : null;
        return TypedResults.Ok(new Page<AuditEventView>([.. found.Take(take).Select(AuditEventView.Of)], next));
    }
}
