using System.Text.Json.Serialization;

namespace Certctl.Core.Domain.Renewals;

/// <summary>Which certificates a bulk takes; what is given is ANDed. Property names are the REST API's, in snake_case.</summary>
public sealed record CertificateCriteria
{
    /// <summary>At most this many ids in <see cref="CertificateIds"/>.</summary>
    public const int MaxCertificateIds = 10_000;

    public string? ProfileId { get; init; }
    public string? OwnerId { get; init; }
    public string? AgentId { get; init; }
    public string? IssuerId { get; init; }
    public string? TeamId { get; init; }
    public string? Environment { get; init; }
    public string? NamePrefix { get; init; }
    public DateTimeOffset? ExpiresBefore { get; init; }
    public DateTimeOffset? ExpiresAfter { get; init; }
    public IReadOnlyList<string>? CertificateIds { get; init; }

    /// <summary>Whether nothing is given; a bulk over everything has to be asked for by some criterion.</summary>
    [JsonIgnore]
    public bool IsEmpty => this is
    {
        ProfileId: null, OwnerId: null, AgentId: null, IssuerId: null, TeamId: null, Environment: null,
        NamePrefix: null, ExpiresBefore: null, ExpiresAfter: null, CertificateIds: null,
    };
}
