namespace Certctl.Core.Domain.Access;

/// <summary>Who did what. Append-only: a trigger refuses UPDATE, DELETE and TRUNCATE.</summary>
public sealed class AuditEvent
{
    public long Id { get; init; }
    public required string Actor { get; init; }

    /// <summary>api_key, agent, acme_account, system.</summary>
    public required string ActorType { get; init; }

    /// <summary>Verb and noun in snake_case: bulk_renewal_requested.</summary>
    public required string Action { get; init; }
    public required string ResourceType { get; init; }
    public required string ResourceId { get; init; }

    /// <summary>A JSON object; never a secret.</summary>
    public string Details { get; init; } = "{}";
    public DateTimeOffset Timestamp { get; init; }
}
