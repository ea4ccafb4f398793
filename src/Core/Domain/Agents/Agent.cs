namespace Certctl.Core.Domain.Agents;

/// <summary>A process on a host that holds certificates and beats.</summary>
public sealed class Agent
{
    public required string Id { get; init; }
    public required string Name { get; set; }
    public string? Hostname { get; set; }
    public string? Os { get; set; }
    public string? Architecture { get; set; }
    public string? IpAddress { get; set; }
    public string? Version { get; set; }

    /// <summary>SHA-256 of the agent's token, which is shown once.</summary>
    public byte[]? ApiKeyHash { get; set; }
    public DateTimeOffset RegisteredAt { get; init; }
    public DateTimeOffset? RetiredAt { get; set; }
    public string? RetiredReason { get; set; }

    /// <summary>Moves with every change of this row, never with a heartbeat: the agent directory reads what is newer.</summary>
    public DateTimeOffset UpdatedAt { get; set; }

    /// <summary>PostgreSQL's xmin: the ETag, and what If-Match is compared with.</summary>
    public uint RowVersion { get; init; }
}
