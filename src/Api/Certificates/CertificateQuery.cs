using System.ComponentModel;
using Certctl.Api.Paging;
using Certctl.Core.Domain.Certificates;
using Microsoft.AspNetCore.Mvc;

namespace Certctl.Api.Certificates;

/// <summary>Which certificates a list shows; what is given is ANDed.</summary>
public sealed record CertificateQuery : SortedPageQuery
{
    [FromQuery(Name = "status"), Description("Pending, Active, Expired, RenewalInProgress, Failed, Revoked or Archived.")]
    public string? Status { get; init; }

    [FromQuery(Name = "issuer_id")]
    public string? IssuerId { get; init; }

    [FromQuery(Name = "profile_id")]
    public string? ProfileId { get; init; }

    [FromQuery(Name = "owner_id")]
    public string? OwnerId { get; init; }

    [FromQuery(Name = "team_id")]
    public string? TeamId { get; init; }

    [FromQuery(Name = "agent_id")]
    public string? AgentId { get; init; }

    [FromQuery(Name = "environment")]
    public string? Environment { get; init; }

    [FromQuery(Name = "name_prefix")]
    public string? NamePrefix { get; init; }

    [FromQuery(Name = "expires_before"), Description("RFC 3339 time.")]
    public string? ExpiresBefore { get; init; }

    [FromQuery(Name = "expires_after"), Description("RFC 3339 time.")]
    public string? ExpiresAfter { get; init; }

    internal IQueryable<ManagedCertificate> Filter(IQueryable<ManagedCertificate> certificates)
    {
        if (QueryValues.OneOf<CertificateStatus>("status", Status, s => s.ToString()) is { } status) certificates = certificates.Where(c => c.Status == status);
        if (IssuerId is not null) certificates = certificates.Where(c => c.IssuerId == IssuerId);
        if (ProfileId is not null) certificates = certificates.Where(c => c.CertificateProfileId == ProfileId);
        if (OwnerId is not null) certificates = certificates.Where(c => c.OwnerId == OwnerId);
        if (TeamId is not null) certificates = certificates.Where(c => c.TeamId == TeamId);
        if (AgentId is not null) certificates = certificates.Where(c => c.AgentId == AgentId);
        if (Environment is not null) certificates = certificates.Where(c => c.Environment == Environment);
        if (NamePrefix is not null) certificates = certificates.Where(c => c.Name.StartsWith(NamePrefix));
        if (QueryValues.Time("expires_before", ExpiresBefore) is { } before) certificates = certificates.Where(c => c.ExpiresAt < before);
        if (QueryValues.Time("expires_after", ExpiresAfter) is { } after) certificates = certificates.Where(c => c.ExpiresAt > after);
        return certificates;
    }
}
