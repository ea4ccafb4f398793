using Certctl.AcmeService.Certificates;
using Certctl.AcmeService.Protocol;
using Certctl.Core.Domain;
using Certctl.Core.Domain.Certificates;
using Certctl.Core.Issuance;
using Certctl.Core.Pki;
using Npgsql;

namespace Certctl.AcmeService.Issuance;

/// <summary>
/// Signs finalized orders and writes each once, from ready to valid, with its managed certificate, version, renewal and audit (ADR 0018).
/// Whatever stands against it changes nothing: <see cref="OrderAcceptance"/> takes the order on, and says what it was.
/// </summary>
public sealed class OrderCompletion(NpgsqlDataSource database, DirectIssuance issuance, JustWritten<IssuedChain> justIssued, TimeProvider time)
{
    /// <summary>The versions issued, by order. Left out are orders that are not ready any more, whose profile asks for approval or has
    /// changed since this process last issued from it, and whose certificate was refused.</summary>
    /// <exception cref="NpgsqlException">The database is away: each order is ready still, or valid.</exception>
    public async Task<IReadOnlyDictionary<OrderToIssue, IssuedVersion>> CompleteAsync(IReadOnlyList<OrderToIssue> orders, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        // One of each certificate: a statement writes a row once. In the order of their ids, as every statement that locks orders.
        var asked = orders.DistinctBy(o => o.CertificateId).OrderBy(o => o.Order.OrderId, StringComparer.Ordinal)
            .Select(o => (Order: o, Request: RequestOf(o, now))).Where(a => a.Request is not null).ToList();
        var results = await issuance.SignAsync([.. asked.Select(a => a.Request!)], cancellationToken);
        var signed = asked.Zip(results, (a, result) => (a.Order, Result: result)).Where(s => s.Result.Version is not null).ToList();
        if (signed.Count == 0) return new Dictionary<OrderToIssue, IssuedVersion>();
        var written = await WriteAsync(signed, now, cancellationToken);
        DirectIssuance.Completed(written.Count);
        var completed = signed.Where(s => written.Contains(s.Result.Request.RenewalId)).ToDictionary(s => s.Order, s => s.Result.Version!);
        foreach (var (order, version) in completed)
            justIssued.Add(version.Id, new IssuedChain(order.Request.Account.Id, order.Request.Profile.Id, order.Request.Profile.IssuerId!, version.Leaf.ChainPem));
        return completed;
    }

    private IssuanceRequest? RequestOf(OrderToIssue order, DateTimeOffset now)
    {
        var profile = order.Request.Profile;
        if (profile.IssuerId is not { } issuer || issuance.RevisionOf(issuer, profile.Id) is not { } revision) return null;
        var validity = order.Validity(now);
        return new IssuanceRequest(
            Identifiers.New("rn", time), order.CertificateId, issuer, profile.Id, revision, order.CommonName, [.. order.Names.Select(n => n.Value)],
            KeyMode.Csr, order.CsrPem, order.Csr, order.Serial, validity?.NotBefore, validity?.NotAfter);
    }

    /// <returns>The renewals that were written.</returns>
    private async Task<HashSet<string>> WriteAsync(
        IReadOnlyList<(OrderToIssue Order, IssuanceResult Result)> signed, DateTimeOffset now, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(Sql);
        var requests = signed.Select(s => s.Result.Request).ToList();
        var leaves = signed.Select(s => s.Result.Version!.Leaf).ToList();
        command.Parameters.Texts(requests.Select(r => r.RenewalId)).Texts(signed.Select(s => s.Order.Order.OrderId))
            .Texts(requests.Select(r => r.CertificateId)).Texts(signed.Select(s => s.Order.Name)).Texts(requests.Select(r => r.CommonName))
            .Texts(requests.Select(r => Wire.Text(r.Sans))).Texts(requests.Select(r => r.CsrPem)).Texts(requests.Select(r => r.SerialNumber.ToString()))
            .Times(requests.Select(r => r.NotBefore)).Times(requests.Select(r => r.NotAfter)).Texts(requests.Select(r => r.Revision))
            .Texts(signed.Select(s => s.Order.KeyThumbprint))
            .Texts(signed.Select(s => s.Result.Version!.Id)).Times(leaves.Select(l => (DateTimeOffset?)l.Validity.NotBefore))
            .Times(leaves.Select(l => (DateTimeOffset?)l.Validity.NotAfter)).Texts(leaves.Select(l => l.FingerprintSha256)).Texts(leaves.Select(l => l.ChainPem))
            .Texts(signed.Select(s => s.Result.Version!.PublicKey.Algorithm)).Numbers(signed.Select(s => s.Result.Version!.PublicKey.Size))
            .Time(now).Number(OrderAcceptance.MaxAttempts);
        var written = new HashSet<string>();
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken)) written.Add(reader.GetString(0));
        return written;
    }

    // For status || '' and the subqueries see OrderAcceptance.
    private const string Sql = $$"""
        WITH given AS (
            SELECT * FROM unnest((SELECT $1), (SELECT $2), (SELECT $3), (SELECT $4), (SELECT $5), (SELECT $6), (SELECT $7), (SELECT $8),
                (SELECT $9), (SELECT $10), (SELECT $11), (SELECT $12), (SELECT $13), (SELECT $14), (SELECT $15), (SELECT $16), (SELECT $17), (SELECT $18), (SELECT $19))
                AS g (renewal_id, order_id, certificate_id, name, common_name, sans, csr_pem, serial, requested_not_before, requested_not_after,
                    revision, key_thumbprint, version_id, not_before, not_after, fingerprint, pem_chain, key_algorithm, key_size)
        ), won AS (
            UPDATE acme_orders o SET status = 'valid', renewal_id = g.renewal_id, certificate_id = g.certificate_id, version_id = g.version_id, updated_at = $20
            FROM given g, certificate_profiles p, issuers i
            WHERE o.order_id = g.order_id AND o.status || '' = 'ready' AND o.expires_at > $20
                AND p.id = o.profile_id AND i.id = p.issuer_id AND {{IssuanceContexts.Revision}} = g.revision
                AND NOT EXISTS (SELECT 1 FROM acme_accounts a WHERE a.jwk_thumbprint = g.key_thumbprint)
            RETURNING o.account_id, o.profile_id, p.acme_owner_id, p.acme_team_id, p.acme_renewal_policy_id, p.issuer_id, g.*
        ), certificates AS (
            INSERT INTO managed_certificates AS c (id, name, common_name, sans, owner_id, team_id, issuer_id, renewal_policy_id, certificate_profile_id,
                status, expires_at, last_renewal_at, tags, key_mode, csr_pem, source, acme_account_id, created_at, updated_at)
            SELECT certificate_id, name, common_name, ARRAY(SELECT jsonb_array_elements_text(sans::jsonb)), acme_owner_id, acme_team_id, issuer_id,
                acme_renewal_policy_id, profile_id, 'Active', not_after, $20, '{}', 'csr', csr_pem, 'ACME', account_id, $20, $20
            FROM won ORDER BY certificate_id COLLATE "C"
            ON CONFLICT (id) DO UPDATE SET status = excluded.status, expires_at = excluded.expires_at, last_renewal_at = excluded.last_renewal_at,
                csr_pem = excluded.csr_pem, revoked_at = NULL, revocation_reason = NULL, owner_id = excluded.owner_id, team_id = excluded.team_id,
                issuer_id = excluded.issuer_id, renewal_policy_id = excluded.renewal_policy_id, updated_at = excluded.updated_at
        ), versions AS (
            INSERT INTO certificate_versions (id, certificate_id, issuer_id, serial_number, not_before, not_after, fingerprint_sha256,
                pem_chain, csr_pem, key_algorithm, key_size, renewal_id, created_at)
            SELECT version_id, certificate_id, issuer_id, serial, not_before, not_after, fingerprint, pem_chain, csr_pem, key_algorithm, key_size,
                renewal_id, $20 FROM won
        ), renewed AS (
            INSERT INTO renewals (id, certificate_id, acme_order_id, status, trigger, requested_by, attempts, max_attempts, next_attempt_at, created_at,
                csr_pem, requested_not_before, requested_not_after, serial_number, started_at, completed_at, version_id)
            SELECT renewal_id, certificate_id, order_id, 'completed', 'acme', 'acme:' || account_id, 1, $21, $20, $20, csr_pem,
                requested_not_before, requested_not_after, serial, $20, $20, version_id FROM won
        ), audited AS (
            INSERT INTO audit_events (actor, actor_type, action, resource_type, resource_id, details, timestamp)
            SELECT 'certctl', 'system', 'certificate_issued', 'certificate', certificate_id,
                jsonb_build_object('serial_number', serial, 'renewal_id', renewal_id), $20 FROM won
            UNION ALL
            SELECT 'acme:' || account_id, 'acme_account', 'acme_order_finalized', 'acme_order', order_id,
                jsonb_build_object('renewal_id', renewal_id, 'version_id', version_id, 'serial_number', serial), $20 FROM won
        )
        SELECT renewal_id FROM won
        """;
}
