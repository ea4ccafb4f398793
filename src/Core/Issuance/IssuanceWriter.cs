using Certctl.Core.Persistence;
using Certctl.Core.Renewals;
using Npgsql;

namespace Certctl.Core.Issuance;

/// <summary>Writes a chunk of results: versions, keys, certificates, audit and renewals in one statement and, by the renewals'
/// triggers, the books of their bulks and their ACME orders. What another worker has taken over meanwhile is left out.</summary>
internal sealed class IssuanceWriter(NpgsqlDataSource database, TimeProvider time)
{
    /// <returns>The renewal ids that were completed.</returns>
    public async Task<IReadOnlySet<string>> WriteAsync(
        Guid leaseToken, IReadOnlyList<IssuanceResult> results, CancellationToken cancellationToken)
    {
        var completed = new HashSet<string>();
        // Two ACME orders for one certificate may come together, and a statement updates a row once.
        var rounds = Rounds(results.Where(r => r.Version is not null)).ToList();
        foreach (var round in rounds)
            await CompleteAsync(leaseToken, round, isAll: round.Count == results.Count, completed, cancellationToken);
        if (rounds.Count == 1 && completed.Count == results.Count) return completed; // and the lease ended with it
        var left = results.Where(r => r.Version is not null && !completed.Contains(r.Request.RenewalId)).Select(r => r.Request.RenewalId).ToList();
        if (left.Count > 0) await CancelAsync(leaseToken, left, cancellationToken);
        var failed = results.Where(r => r.Error is not null).ToList();
        if (failed.Count > 0) await RenewalFailures.WriteAsync(database, leaseToken, failed, time.GetUtcNow(), cancellationToken);
        await EndLeaseAsync(leaseToken, cancellationToken);
        return completed;
    }

    private static IEnumerable<List<IssuanceResult>> Rounds(IEnumerable<IssuanceResult> signed) =>
        from numbered in signed.GroupBy(r => r.Request.CertificateId).SelectMany(g => g.Select((result, round) => (result, round)))
        group numbered.result by numbered.round into round
        orderby round.Key
        select round.ToList();

    private async Task CompleteAsync(
        Guid leaseToken, IReadOnlyList<IssuanceResult> signed, bool isAll, HashSet<string> completed, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(CompleteSql);
        command.Parameters.Texts(signed.Select(r => r.Request.RenewalId)).Texts(signed.Select(r => r.Request.CertificateId))
            .Texts(signed.Select(r => r.Request.IssuerId)).Texts(signed.Select(r => r.Request.CsrPem))
            .Texts(signed.Select(r => r.Version!.Id)).Texts(signed.Select(r => r.Version!.Leaf.SerialNumber.ToString()))
            .Times(signed.Select(r => (DateTimeOffset?)r.Version!.Leaf.Validity.NotBefore)).Times(signed.Select(r => (DateTimeOffset?)r.Version!.Leaf.Validity.NotAfter))
            .Texts(signed.Select(r => r.Version!.Leaf.FingerprintSha256)).Texts(signed.Select(r => r.Version!.Leaf.ChainPem))
            .Texts(signed.Select(r => r.Version!.PublicKey.Algorithm)).Numbers(signed.Select(r => r.Version!.PublicKey.Size))
            .Texts(signed.Select(r => r.Version!.PrivateKey?.KeyId)).Bytes(signed.Select(r => r.Version!.PrivateKey?.Ciphertext))
            .Uuid(leaseToken).Time(time.GetUtcNow()).Flag(isAll);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken)) completed.Add(reader.GetString(0));
    }

    /// <summary>Ends what was signed for a certificate that was revoked or archived meanwhile.</summary>
    private async Task CancelAsync(Guid leaseToken, List<string> renewalIds, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand("""
            UPDATE renewals r SET status = 'cancelled', completed_at = $3, lease_token = NULL,
                last_error = 'the certificate was revoked or archived meanwhile'
            FROM managed_certificates c
            WHERE r.id = ANY($1) AND r.status || '' = 'running' AND r.lease_token = $2
                AND c.id = r.certificate_id AND c.status IN ('Revoked', 'Archived')
            """);
        command.Parameters.Texts(renewalIds).Uuid(leaseToken).Time(time.GetUtcNow());
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private async Task EndLeaseAsync(Guid leaseToken, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand($"DELETE FROM renewal_leases l WHERE l.token = $1 AND {RenewalLeaseSql.HoldsNothing}");
        command.Parameters.Uuid(leaseToken);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>
    /// Completes the renewals that this lease still holds and whose certificates are alive. Renewals are locked in the order of their ids
    /// and then certificates in the order of theirs, as everywhere. Every step reads the rows of the one before it and looks others up by
    /// primary key: no step joins two lists of rows, whatever their length. The arrays hide behind subqueries, so that one plan serves every
    /// length; else PostgreSQL plans each anew.
    /// One key a certificate: the new one replaces the superseded one's ciphertext, and a version without a server-made key
    /// removes it. The lease ends with its last renewal.
    /// </summary>
    private const string CompleteSql = """
        WITH mine AS MATERIALIZED (
            SELECT g.* FROM unnest((SELECT $1), (SELECT $2), (SELECT $3), (SELECT $4), (SELECT $5), (SELECT $6), (SELECT $7), (SELECT $8),
                (SELECT $9), (SELECT $10), (SELECT $11), (SELECT $12), (SELECT $13), (SELECT $14))
                AS g (renewal_id, certificate_id, issuer_id, csr_pem, version_id, serial, not_before, not_after, fingerprint, pem_chain,
                    key_algorithm, key_size, kek_id, ciphertext)
            JOIN renewals r ON r.id = g.renewal_id
            WHERE r.status || '' = 'running' AND r.lease_token = $15 ORDER BY r.id FOR UPDATE OF r
        ), issued AS (
            UPDATE managed_certificates c SET status = 'Active', expires_at = m.not_after, last_renewal_at = $16, updated_at = $16
            FROM (SELECT * FROM mine ORDER BY certificate_id COLLATE "C") m WHERE c.id = m.certificate_id AND c.status NOT IN ('Revoked', 'Archived')
            RETURNING m.*
        ), versions AS (
            INSERT INTO certificate_versions (id, certificate_id, issuer_id, serial_number, not_before, not_after, fingerprint_sha256,
                pem_chain, csr_pem, key_algorithm, key_size, renewal_id, created_at)
            SELECT version_id, certificate_id, issuer_id, serial, not_before, not_after, fingerprint, pem_chain, csr_pem, key_algorithm,
                key_size, renewal_id, $16 FROM issued
        ), superseded AS (
            DELETE FROM private_keys k USING issued i WHERE k.certificate_id = i.certificate_id AND i.kek_id IS NULL
        ), keys AS (
            INSERT INTO private_keys (certificate_id, version_id, key_encryption_key_id, ciphertext, created_at)
            SELECT certificate_id, version_id, kek_id, ciphertext, $16 FROM issued WHERE kek_id IS NOT NULL
            ON CONFLICT (certificate_id) DO UPDATE SET version_id = excluded.version_id,
                key_encryption_key_id = excluded.key_encryption_key_id, ciphertext = excluded.ciphertext, created_at = excluded.created_at
        ), audited AS (
            INSERT INTO audit_events (actor, actor_type, action, resource_type, resource_id, details, timestamp)
            SELECT 'certctl', 'system', 'certificate_issued', 'certificate', certificate_id,
                jsonb_build_object('serial_number', serial, 'renewal_id', renewal_id), $16 FROM issued
        ), completed AS (
            UPDATE renewals r SET status = 'completed', version_id = i.version_id, last_error = NULL, completed_at = $16, lease_token = NULL
            FROM issued i WHERE r.id = i.renewal_id
        ), ended AS (
            DELETE FROM renewal_leases WHERE token = $15 AND $17 AND (SELECT count(*) FROM issued) = cardinality((SELECT $1))
        )
        SELECT renewal_id FROM issued
        """;
}
