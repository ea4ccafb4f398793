using Certctl.AcmeService.Protocol;
using Certctl.Core.Domain;
using Certctl.Core.Domain.Certificates;
using Certctl.Core.Issuance;
using Certctl.Core.Pki;
using Certctl.Core.Renewals;
using Npgsql;

namespace Certctl.AcmeService.Issuance;

/// <summary>Orders that were accepted, and the renewals that issue them.</summary>
public sealed record AcceptedOrders(ClaimedRenewals Renewals, IReadOnlyDictionary<OrderToIssue, string> RenewalIds);

/// <summary>Turns finalized orders into renewals of managed certificates, in one statement: of any number of finalizes of one
/// order one wins. The renewals are claimed as they are born, each with the serial that is to be signed.</summary>
public sealed class OrderAcceptance(NpgsqlDataSource database, TimeProvider time)
{
    /// <summary>Attempts at issuing before the order is given up.</summary>
    public const int MaxAttempts = 4;

    /// <summary>The renewals to run. Orders that another finalize accepted, or whose profile asks for approval, are not among them.</summary>
    public async Task<AcceptedOrders> AcceptAsync(IReadOnlyList<OrderToIssue> orders, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var lease = Guid.NewGuid();
        var entries = orders.DistinctBy(o => o.Order.OrderId).OrderBy(o => o.Order.OrderId, StringComparer.Ordinal)
            .ToDictionary(o => Identifiers.New("rn", time), o => (Order: o, Serial: SerialNumber.Random(), o.Validity));
        await using var command = database.CreateCommand(Sql);
        var values = entries.Values;
        command.Parameters.Texts(entries.Keys).Texts(values.Select(e => e.Order.Order.OrderId)).Texts(values.Select(e => e.Order.CertificateId))
            .Texts(values.Select(e => e.Order.Name)).Texts(values.Select(e => e.Order.CommonName))
            .Texts(values.Select(e => Wire.Text(e.Order.Names.Select(n => n.Value)))).Texts(values.Select(e => e.Order.CsrPem))
            .Texts(values.Select(e => e.Serial.ToString())).Times(values.Select(e => e.Validity?.NotBefore)).Times(values.Select(e => e.Validity?.NotAfter))
            .Texts(values.Select(e => e.Order.KeyThumbprint))
            .Time(now).Uuid(lease).Span(RenewalSettings.Lease).Number(MaxAttempts).Span(RenewalSettings.PublishGrace);
        var claimed = new List<IssuanceRequest>(entries.Count);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            var (order, serial, validity) = entries[reader.GetString(0)];
            claimed.Add(new IssuanceRequest(
                reader.GetString(0), order.CertificateId, reader.GetString(1), order.Request.Profile.Id, reader.GetString(2), order.CommonName,
                [.. order.Names.Select(n => n.Value)], KeyMode.Csr, order.CsrPem, order.Csr, serial, validity?.NotBefore, validity?.NotAfter));
        }

        return new AcceptedOrders(new ClaimedRenewals(lease, claimed), claimed.ToDictionary(c => entries[c.RenewalId].Order, c => c.RenewalId));
    }

    // status || '': the planner would rather read all of the partial indexes of open orders than look these up by their ids, dead
    // entries of orders that ended included (measured: 690 pages instead of 200 for four orders). The arrays hide behind
    // subqueries, so that one plan serves every length.
    private const string Sql = $$"""
        WITH given AS (
            SELECT * FROM unnest((SELECT $1), (SELECT $2), (SELECT $3), (SELECT $4), (SELECT $5), (SELECT $6), (SELECT $7), (SELECT $8),
                (SELECT $9), (SELECT $10), (SELECT $11)) AS g (renewal_id, order_id, certificate_id, name, common_name, sans, csr_pem, serial, not_before, not_after, key_thumbprint)
        ), won AS (
            UPDATE acme_orders o SET status = 'processing', renewal_id = g.renewal_id, certificate_id = g.certificate_id, updated_at = $12
            FROM given g WHERE o.order_id = g.order_id AND o.status || '' = 'ready' AND o.expires_at > $12
                AND NOT EXISTS (SELECT 1 FROM acme_accounts a WHERE a.jwk_thumbprint = g.key_thumbprint)
            RETURNING o.account_id, o.profile_id, g.*
        ), certificates AS (
            INSERT INTO managed_certificates AS c (id, name, common_name, sans, owner_id, team_id, issuer_id, renewal_policy_id, certificate_profile_id,
                status, tags, key_mode, csr_pem, source, acme_account_id, created_at, updated_at)
            SELECT DISTINCT ON (w.certificate_id) w.certificate_id, w.name, w.common_name, ARRAY(SELECT jsonb_array_elements_text(w.sans::jsonb)),
                p.acme_owner_id, p.acme_team_id, p.issuer_id, p.acme_renewal_policy_id, p.id,
                'Pending', '{}', 'csr', w.csr_pem, 'ACME', w.account_id, $12, $12
            FROM won w JOIN certificate_profiles p ON p.id = w.profile_id ORDER BY w.certificate_id
            ON CONFLICT (id) DO UPDATE SET status = 'RenewalInProgress', csr_pem = excluded.csr_pem, revoked_at = NULL, revocation_reason = NULL,
                owner_id = excluded.owner_id, team_id = excluded.team_id, issuer_id = excluded.issuer_id,
                renewal_policy_id = excluded.renewal_policy_id, updated_at = excluded.updated_at
        ), renewed AS (
            INSERT INTO renewals (id, certificate_id, acme_order_id, status, trigger, requested_by, attempts, max_attempts, next_attempt_at, created_at,
                csr_pem, requested_not_before, requested_not_after, serial_number, started_at, lease_token)
            SELECT w.renewal_id, w.certificate_id, w.order_id, CASE WHEN p.requires_approval THEN 'awaiting_approval' ELSE 'running' END, 'acme',
                'acme:' || w.account_id, CASE WHEN p.requires_approval THEN 0 ELSE 1 END, $15, $12 + $16, $12, w.csr_pem, w.not_before, w.not_after,
                CASE WHEN NOT p.requires_approval THEN w.serial END, CASE WHEN NOT p.requires_approval THEN $12 END,
                CASE WHEN NOT p.requires_approval THEN $13 END
            FROM won w JOIN certificate_profiles p ON p.id = w.profile_id
            RETURNING id, status
        ), leased AS (
            INSERT INTO renewal_leases (token, renewal_ids, expires_at)
            SELECT $13, array_agg(id), now() + $14 FROM renewed WHERE status = 'running' HAVING count(*) > 0
        ), audited AS (
            INSERT INTO audit_events (actor, actor_type, action, resource_type, resource_id, details, timestamp)
            SELECT 'acme:' || account_id, 'acme_account', 'acme_order_processing', 'acme_order', order_id,
                jsonb_build_object('renewal_id', renewal_id, 'certificate_id', certificate_id), $12
            FROM won
        )
        SELECT r.id, p.issuer_id, {{IssuanceContexts.Revision}}
        FROM renewed r JOIN won w ON w.renewal_id = r.id JOIN certificate_profiles p ON p.id = w.profile_id JOIN issuers i ON i.id = p.issuer_id
        WHERE r.status = 'running'
        """;
}
