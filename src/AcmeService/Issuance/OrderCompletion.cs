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
/// Whatever stands against it changes nothing: <see cref="OrderAcceptance"/> takes the order on.
/// </summary>
public sealed class OrderCompletion(NpgsqlDataSource database, DirectIssuance issuance, Recent<IssuedChain> recentChains, TimeProvider time)
{
    /// <summary>Sets the version of each order that it issues. Left out are orders that are not ready any more or have no serial, whose
    /// profile asks for approval or has changed since this process last issued from it, whose certificate was refused, whose key is an
    /// account's, and all but one for the same certificate.</summary>
    /// <exception cref="NpgsqlException">The database is away: each order is ready still, or valid.</exception>
    public async Task CompleteAsync(IReadOnlyList<OrderToIssue> orders)
    {
        // One of each certificate: a statement writes a row once.
        var asked = orders.DistinctBy(o => o.CertificateId).ToDictionary(o => o.CertificateId);
        var signed = await issuance.SignAsync(asked.Values.Select(RequestOf).OfType<IssuanceRequest>());
        if (signed.Count == 0) return;
        var written = await WriteAsync([.. signed.Select(s => (asked[s.Request.CertificateId], s))]);
        foreach (var (request, version, _) in signed.Where(s => written.Contains(s.Request.RenewalId)))
        {
            var order = asked[request.CertificateId];
            order.VersionId = version!.Id;
            recentChains.Add(version.Id, order.Request.Account.Id, request.ProfileId, new IssuedChain(request.IssuerId, version.Leaf.ChainPem));
        }

        RenewalWork.CountCompleted(written.Count);
    }

    private IssuanceRequest? RequestOf(OrderToIssue order)
    {
        var profile = order.Request.Profile;
        // An order older than its column has no serial that is written down.
        if (profile.RequiresApproval || profile.IssuerId is not { } issuer || !SerialNumber.TryParse(order.Order.SerialNumber, out var serial)) return null;
        return new IssuanceRequest(
            Identifiers.New("rn", time), order.CertificateId, issuer, profile.Id, Revision: "", order.CommonName, [.. order.Names.Select(n => n.Value)],
            KeyMode.Csr, order.CsrPem, order.Csr, serial, order.Validity?.NotBefore, order.Validity?.NotAfter);
    }

    /// <returns>The renewals that were written.</returns>
    private async Task<HashSet<string>> WriteAsync(IReadOnlyList<(OrderToIssue Order, IssuanceResult Result)> signed)
    {
        await using var command = database.CreateCommand(Sql);
        var requests = signed.Select(s => s.Result.Request).ToList();
        var leaves = signed.Select(s => s.Result.Version!.Leaf).ToList();
        command.Parameters.Texts(requests.Select(r => r.RenewalId)).Texts(signed.Select(s => s.Order.Order.OrderId))
            .Texts(requests.Select(r => r.CertificateId)).Texts(signed.Select(s => s.Order.Name)).Texts(requests.Select(r => r.CommonName))
            .Texts(requests.Select(r => Wire.Text(r.Sans))).Texts(requests.Select(r => r.CsrPem)).Texts(requests.Select(r => r.SerialNumber.ToString()))
            .Times(requests.Select(r => r.NotBefore)).Times(requests.Select(r => r.NotAfter))
            .Texts(requests.Select(r => r.IssuerId)).Texts(requests.Select(r => r.Revision)).Texts(signed.Select(s => s.Order.KeyThumbprint))
            .Texts(signed.Select(s => s.Result.Version!.Id)).Times(leaves.Select(l => (DateTimeOffset?)l.Validity.NotBefore))
            .Times(leaves.Select(l => (DateTimeOffset?)l.Validity.NotAfter)).Texts(leaves.Select(l => l.FingerprintSha256)).Texts(leaves.Select(l => l.ChainPem))
            .Texts(signed.Select(s => s.Result.Version!.PublicKey.Algorithm)).Numbers(signed.Select(s => s.Result.Version!.PublicKey.Size))
            .Time(time.GetUtcNow()).Number(OrderAcceptance.MaxAttempts);
        var written = new HashSet<string>();
        await using var reader = await command.ExecuteReaderAsync();
        while (await reader.ReadAsync()) written.Add(reader.GetString(0));
        return written;
    }

    // Orders are locked in the order of their ids, as by those who give orders up, and then certificates in the order of theirs. The revision is looked up
    // for each order: a join with the profiles may begin with them, and then the orders' order is gone. For status || '' and the
    // subqueries see OrderAcceptance.
    private const string Sql = $$"""
        WITH mine AS MATERIALIZED (
            SELECT g.*, o.account_id, o.profile_id
            FROM unnest((SELECT $1), (SELECT $2), (SELECT $3), (SELECT $4), (SELECT $5), (SELECT $6), (SELECT $7), (SELECT $8), (SELECT $9), (SELECT $10),
                (SELECT $11), (SELECT $12), (SELECT $13), (SELECT $14), (SELECT $15), (SELECT $16), (SELECT $17), (SELECT $18), (SELECT $19), (SELECT $20))
                AS g (renewal_id, order_id, certificate_id, name, common_name, sans, csr_pem, serial, requested_not_before, requested_not_after,
                    issuer_id, revision, key_thumbprint, version_id, not_before, not_after, fingerprint, pem_chain, key_algorithm, key_size)
            JOIN acme_orders o ON o.order_id = g.order_id
            WHERE o.status || '' = 'ready' AND o.expires_at > $21
                AND g.revision = (SELECT {{IssuanceContexts.Revision}} FROM certificate_profiles p, issuers i WHERE p.id = o.profile_id AND i.id = p.issuer_id)
                AND NOT EXISTS (SELECT 1 FROM acme_accounts a WHERE a.jwk_thumbprint = g.key_thumbprint)
            ORDER BY o.order_id FOR UPDATE OF o
        ), won AS (
            UPDATE acme_orders o SET status = 'valid', renewal_id = m.renewal_id, certificate_id = m.certificate_id, version_id = m.version_id, updated_at = $21
            FROM mine m WHERE o.order_id = m.order_id
            RETURNING m.*
        ), certificates AS (
            INSERT INTO managed_certificates AS c (id, name, common_name, sans, owner_id, team_id, issuer_id, renewal_policy_id, certificate_profile_id,
                status, expires_at, last_renewal_at, tags, key_mode, csr_pem, source, acme_account_id, created_at, updated_at)
            SELECT w.certificate_id, w.name, w.common_name, ARRAY(SELECT jsonb_array_elements_text(w.sans::jsonb)), p.acme_owner_id, p.acme_team_id,
                p.issuer_id, p.acme_renewal_policy_id, p.id, 'Active', w.not_after, $21, '{}', 'csr', w.csr_pem, 'ACME', w.account_id, $21, $21
            FROM won w JOIN certificate_profiles p ON p.id = w.profile_id ORDER BY w.certificate_id COLLATE "C"
            ON CONFLICT (id) DO UPDATE SET status = excluded.status, expires_at = excluded.expires_at, last_renewal_at = excluded.last_renewal_at,
                csr_pem = excluded.csr_pem, revoked_at = NULL, revocation_reason = NULL, owner_id = excluded.owner_id, team_id = excluded.team_id,
                issuer_id = excluded.issuer_id, renewal_policy_id = excluded.renewal_policy_id, updated_at = excluded.updated_at
        ), versions AS (
            INSERT INTO certificate_versions (id, certificate_id, issuer_id, serial_number, not_before, not_after, fingerprint_sha256,
                pem_chain, csr_pem, key_algorithm, key_size, renewal_id, created_at)
            SELECT version_id, certificate_id, issuer_id, serial, not_before, not_after, fingerprint, pem_chain, csr_pem, key_algorithm, key_size,
                renewal_id, $21 FROM won
        ), renewed AS (
            INSERT INTO renewals (id, certificate_id, acme_order_id, status, trigger, requested_by, attempts, max_attempts, next_attempt_at, created_at,
                csr_pem, requested_not_before, requested_not_after, serial_number, started_at, completed_at, version_id)
            SELECT renewal_id, certificate_id, order_id, 'completed', 'acme', 'acme:' || account_id, 1, $22, $21, $21, csr_pem,
                requested_not_before, requested_not_after, serial, $21, $21, version_id FROM won
        ), audited AS (
            INSERT INTO audit_events (actor, actor_type, action, resource_type, resource_id, details, timestamp)
            SELECT 'certctl', 'system', 'certificate_issued', 'certificate', certificate_id,
                jsonb_build_object('serial_number', serial, 'renewal_id', renewal_id), $21 FROM won
            UNION ALL
            SELECT 'acme:' || account_id, 'acme_account', 'acme_order_finalized', 'acme_order', order_id,
                jsonb_build_object('renewal_id', renewal_id, 'version_id', version_id, 'serial_number', serial), $21 FROM won
        )
        SELECT renewal_id FROM won
        """;
}
