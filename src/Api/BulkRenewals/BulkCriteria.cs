using Certctl.Api.Problems;
using Certctl.Core.Domain;
using Certctl.Core.Domain.Renewals;
using Certctl.Core.Persistence;
using Microsoft.EntityFrameworkCore;

namespace Certctl.Api.BulkRenewals;

/// <summary>Checks the criteria of a bulk: something is given, and what is given exists.</summary>
internal static class BulkCriteria
{
    private const int ShownUnknown = 5;

    public static async Task CheckAsync(CertificateCriteria criteria, FieldErrors errors, CertctlDbContext context, CancellationToken cancellationToken)
    {
        errors.Check(!criteria.IsEmpty, "criteria", "at least one of profile_id, owner_id, agent_id, issuer_id, team_id, environment, name_prefix, "
            + "expires_before, expires_after, certificate_ids must be given");
        errors.Optional("environment", criteria.Environment, 50);
        errors.Optional("name_prefix", criteria.NamePrefix, 255);
        var references = new References(context, errors);
        await references.ProfileAsync(criteria.ProfileId, cancellationToken);
        await references.OwnerAsync(criteria.OwnerId, cancellationToken);
        await references.AgentAsync(criteria.AgentId, retiredToo: true, cancellationToken);
        await references.IssuerAsync(criteria.IssuerId, cancellationToken);
        await references.TeamAsync(criteria.TeamId, cancellationToken);
        await CheckIdsAsync(criteria.CertificateIds, errors, context, cancellationToken);
    }

    private static async Task CheckIdsAsync(
        IReadOnlyList<string>? ids, FieldErrors errors, CertctlDbContext context, CancellationToken cancellationToken)
    {
        const string field = "certificate_ids";
        if (ids is null) return;
        if (ids.Count is 0 or > CertificateCriteria.MaxCertificateIds) errors.Add(field, $"must hold 1 to {CertificateCriteria.MaxCertificateIds} ids");
        else if (ids.Any(id => id is not { Length: > 0 and <= Identifiers.MaxLength })) errors.Add(field, "must hold ids only");
        else
        {
            var known = await context.Certificates.Where(c => ids.Contains(c.Id)).Select(c => c.Id).ToListAsync(cancellationToken);
            var unknown = ids.Except(known).ToList();
            if (unknown.Count > 0)
                errors.Add(field, $"{unknown.Count} of them are unknown: {string.Join(", ", unknown.Take(ShownUnknown))}{(unknown.Count > ShownUnknown ? ", …" : "")}");
        }
    }
}
