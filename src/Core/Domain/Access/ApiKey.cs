namespace Certctl.Core.Domain.Access;

/// <summary>A bearer key of the REST API.</summary>
public sealed class ApiKey
{
    public required string Id { get; init; }
    public required string Name { get; set; }
    public Role Role { get; set; }

    /// <summary>SHA-256 of the key, which is shown once.</summary>
    public required byte[] KeyHash { get; init; }

    /// <summary>Only with role agent: the agents that the key may speak for.</summary>
    public string? AgentIdPrefix { get; set; }
    public required string CreatedBy { get; init; }
    public DateTimeOffset CreatedAt { get; init; }
    public DateTimeOffset? ExpiresAt { get; set; }
    public DateTimeOffset? RevokedAt { get; set; }

    /// <summary>PostgreSQL's xmin: the ETag.</summary>
    public uint RowVersion { get; init; }
}

/// <summary>What a key may do. Admin includes operator, operator includes viewer; agent stands apart.</summary>
public enum Role { Viewer, Operator, Admin, Agent }
