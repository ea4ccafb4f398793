using System.ComponentModel;
using Certctl.Core.Domain.Renewals;

namespace Certctl.Api.BulkRenewals;

/// <summary>Which certificates a bulk takes: at least one criterion, and all of those given hold.</summary>
public abstract record BulkRequest
{
    public string? ProfileId { get; init; }
    public string? OwnerId { get; init; }
    public string? AgentId { get; init; }
    public string? IssuerId { get; init; }
    public string? TeamId { get; init; }
    public string? Environment { get; init; }

    [Description("Certificates whose name begins so.")]
    public string? NamePrefix { get; init; }
    public DateTimeOffset? ExpiresBefore { get; init; }
    public DateTimeOffset? ExpiresAfter { get; init; }

    [Description("At most 10,000 ids.")]
    public string[]? CertificateIds { get; init; }

    internal CertificateCriteria Criteria => new()
    {
        ProfileId = ProfileId,
        OwnerId = OwnerId,
        AgentId = AgentId,
        IssuerId = IssuerId,
        TeamId = TeamId,
        Environment = Environment,
        NamePrefix = NamePrefix,
        ExpiresBefore = ExpiresBefore,
        ExpiresAfter = ExpiresAfter,
        CertificateIds = CertificateIds,
    };
}

/// <summary>Renew whatever matches.</summary>
public sealed record BulkRenew : BulkRequest
{
    [Description("Also takes certificates that were renewed a moment ago (CERTCTL_RENEWAL_MIN_INTERVAL).")]
    public bool Force { get; init; }
}

/// <summary>Revoke whatever matches.</summary>
public sealed record BulkRevoke : BulkRequest
{
    [Description("A reason of RFC 5280 5.3.1 by its name there.")]
    public string? Reason { get; init; }
}
