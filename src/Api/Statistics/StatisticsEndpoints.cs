using System.Reflection;
using Certctl.Api.Access;
using Certctl.Core.Domain.Certificates;
using Certctl.Core.Domain.Renewals;
using Certctl.Core.Persistence;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;

namespace Certctl.Api.Statistics;

/// <summary>The fleet in numbers.</summary>
/// <param name="Certificates">Managed certificates by status, archived ones included.</param>
/// <param name="Renewals">Renewals that have not ended by status, and those completed and failed in the last 24 hours.</param>
/// <param name="ActiveBulkRenewals">Bulk renewals that are queued or running.</param>
public sealed record SummaryView(
    IReadOnlyDictionary<string, int> Certificates, int TotalCertificates, int ExpiringCertificates, int TotalAgents, int OnlineAgents, int OfflineAgents,
    IReadOnlyDictionary<string, int> Renewals, int ActiveBulkRenewals, DateTimeOffset CompletedAt);

/// <summary>What runs here.</summary>
public sealed record VersionView(string Version);

internal static class StatisticsEndpoints
{
    private static readonly TimeSpan Soon = TimeSpan.FromDays(30);
    private static readonly TimeSpan Recent = TimeSpan.FromHours(24);

    private static readonly VersionView Version = new(
        typeof(StatisticsEndpoints).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0] ?? "0.0.0");

    public static void MapStatistics(this IEndpointRouteBuilder api)
    {
        api.MapGet("/stats/summary", SummaryAsync).WithTags("Statistics").RequireAuthorization(Policies.Viewer).WithSummary("The fleet in numbers");
        api.MapGet("/version", () => TypedResults.Ok(Version)).WithTags("Statistics").RequireAuthorization(Policies.Anyone).WithSummary("What runs here");
    }

    private static async Task<Ok<SummaryView>> SummaryAsync(CertctlDbContext context, TimeProvider time, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var (soon, recent) = (now + Soon, now - Recent);
        var certificates = await context.Certificates.GroupBy(c => c.Status)
            .Select(g => new { g.Key, Count = g.Count(), Expiring = g.Count(c => c.ExpiresAt > now && c.ExpiresAt <= soon) }).ToListAsync(cancellationToken);
        var agents = await context.AgentLiveness
            .Join(context.Agents.Where(a => a.RetiredAt == null), l => l.AgentId, a => a.Id, (l, _) => l.Online)
            .GroupBy(online => online).Select(g => new { g.Key, Count = g.Count() }).ToListAsync(cancellationToken);
        var renewals = await context.Renewals
            .Where(r => r.CompletedAt == null || (r.CompletedAt > recent && (r.Status == RenewalStatus.Completed || r.Status == RenewalStatus.Failed)))
            .GroupBy(r => r.Status).Select(g => new { g.Key, Count = g.Count() }).ToListAsync(cancellationToken);
        var bulks = await context.BulkRenewals.CountAsync(b => b.Status == BulkStatus.Queued || b.Status == BulkStatus.Running, cancellationToken);

        var online = agents.Where(a => a.Key).Sum(a => a.Count);
        var offline = agents.Where(a => !a.Key).Sum(a => a.Count);
        return TypedResults.Ok(new SummaryView(
            Enum.GetValues<CertificateStatus>().ToDictionary(s => s.ToString(), s => certificates.SingleOrDefault(c => c.Key == s)?.Count ?? 0),
            certificates.Sum(c => c.Count),
            certificates.Where(c => c.Key is not (CertificateStatus.Revoked or CertificateStatus.Archived)).Sum(c => c.Expiring),
            online + offline, online, offline,
            Enum.GetValues<RenewalStatus>().Where(s => s != RenewalStatus.Cancelled)
                .ToDictionary(SnakeCase.ToText, s => renewals.SingleOrDefault(r => r.Key == s)?.Count ?? 0),
            bulks, now));
    }
}
