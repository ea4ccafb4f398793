namespace Certctl.Core.Domain.Organization;

/// <summary>A group of people that certificates belong to.</summary>
public sealed class Team
{
    public required string Id { get; init; }
    public required string Name { get; set; }
    public string? Description { get; set; }
    public DateTimeOffset CreatedAt { get; set; }
    public DateTimeOffset UpdatedAt { get; set; }

    /// <summary>PostgreSQL's xmin: the ETag.</summary>
    public uint RowVersion { get; init; }
}
