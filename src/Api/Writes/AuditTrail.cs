using Certctl.Api.Access;
using Certctl.Core.Domain.Access;
using Certctl.Core.Persistence;

namespace Certctl.Api.Writes;

/// <summary>Writes down who did what, in the transaction in which it is done.</summary>
public sealed class AuditTrail(CertctlDbContext context, IHttpContextAccessor request, TimeProvider time)
{
    /// <param name="action">Noun and participle in snake_case: certificate_created.</param>
    /// <param name="details">A JSON object; never a secret.</param>
    public void Record(string action, string resourceType, string resourceId, object? details = null)
    {
        var caller = request.HttpContext!.Caller();
        context.AuditEvents.Add(new AuditEvent
        {
            Actor = caller.Actor,
            ActorType = caller.AgentId is null ? "api_key" : "agent",
            Action = action,
            ResourceType = resourceType,
            ResourceId = resourceId,
            Details = details is null ? "{}" : JsonText.Of(details),
            Timestamp = time.GetUtcNow(),
        });
    }
}
