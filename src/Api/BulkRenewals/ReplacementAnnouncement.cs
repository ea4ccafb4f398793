using System.Data.Common;
using Certctl.Api.Writes;
using Certctl.Core.Domain;
using Certctl.Core.Domain.Renewals;
using Certctl.Core.Hosting.Settings;
using Certctl.Core.Persistence;
using Certctl.Core.Renewals;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage;
using Npgsql;
using NpgsqlTypes;

namespace Certctl.Api.BulkRenewals;

/// <summary>What an announcement reached.</summary>
/// <param name="Skipped">How many were not announced, by reason: not_acme, revoked, archived.</param>
public sealed record AnnouncementView(long Announced, long TotalMatched, IReadOnlyDictionary<string, long> Skipped);

/// <summary>Moves the ARI windows (RFC 9773 4) of the matched ACME certificates to now: their clients renew when they next
/// ask. Nothing is enqueued.</summary>
internal sealed class ReplacementAnnouncement(CertctlDbContext context, AuditTrail audit, AcmeServerSettings acme, TimeProvider time)
{
    // A million rows in one statement take longer than the driver's half a minute.
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    private const string Reason = """
        CASE
            WHEN c.source <> 'ACME' THEN 'not_acme'
            WHEN c.status = 'Archived' THEN 'archived'
            WHEN c.status = 'Revoked' THEN 'revoked'
        END
        """;

    // Rows are locked in the order of their ids, so that two announcements at once cannot deadlock.
    private const string Announcing = """
        , locked AS (
            SELECT c.id FROM managed_certificates c JOIN matched m ON m.id = c.id AND m.reason IS NULL ORDER BY c.id FOR UPDATE OF c
        ), announced AS (
            UPDATE managed_certificates c SET replacement_announced_at = @now, updated_at = @now FROM locked WHERE c.id = locked.id
        )
        """;

    /// <summary>Why nothing can be announced here; null when it can.</summary>
    public string? Unavailable =>
        !acme.Enabled ? "needs the ACME server (CERTCTL_ACME_SERVER_ENABLED=true)"
        : !acme.AriEnabled ? "needs renewal information, by which clients learn of it (CERTCTL_ACME_SERVER_ARI_ENABLED=true)"
        : null;

    /// <summary>Announces in the transaction of the request, or only counts.</summary>
    public async Task<AnnouncementView> RunAsync(CertificateCriteria criteria, bool isDryRun, CancellationToken cancellationToken)
    {
        await using var command = (NpgsqlCommand)context.Database.GetDbConnection().CreateCommand();
        command.Transaction = (NpgsqlTransaction)context.Database.CurrentTransaction!.GetDbTransaction();
        command.CommandTimeout = (int)Patience.TotalSeconds;
        command.CommandText = $"""
            WITH matched AS (
                SELECT c.id, {Reason} AS reason FROM managed_certificates c WHERE {CertificateSelection.Where(criteria, command.Parameters)}
            ){(isDryRun ? "" : Announcing)}
            SELECT COALESCE(reason, ''), count(*) FROM matched GROUP BY 1
            """;
        command.Parameters.Add(new NpgsqlParameter("now", NpgsqlDbType.TimestampTz) { Value = time.GetUtcNow() });
        var view = await CountAsync(command, cancellationToken);
        if (!isDryRun) audit.Record("replacement_announced", "announcement", Identifiers.New("an", time), new { criteria, view.Announced, view.TotalMatched });
        return view;
    }

    private static async Task<AnnouncementView> CountAsync(DbCommand command, CancellationToken cancellationToken)
    {
        var skipped = new Dictionary<string, long>();
        long announced = 0;
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            if (reader.GetString(0) is { Length: > 0 } reason) skipped[reason] = reader.GetInt64(1);
            else announced = reader.GetInt64(1);
        }

        return new AnnouncementView(announced, announced + skipped.Values.Sum(), skipped);
    }
}
