using Certctl.AcmeService.Authorizations;
using Certctl.AcmeService.Orders;
using Certctl.Core.Domain.Names;
using Certctl.Core.Pki;
using Npgsql;

namespace Certctl.AcmeService.Certificates;

/// <summary>A version that this CA issued.</summary>
/// <param name="AccountId">The ACME account that it belongs to; null for what came over REST.</param>
public sealed record IssuedCertificate(string CertificateId, string VersionId, string IssuerId, string SerialNumber, string? AccountId);

/// <summary>Revokes single certificates, into the table that CRL and OCSP are made from.</summary>
public sealed class CertificateRevocations(NpgsqlDataSource database, TimeProvider time)
{
    /// <summary>The version of this serial, if it is the certificate of this fingerprint to the byte.</summary>
    public async Task<IssuedCertificate?> FindAsync(string issuerId, SerialNumber serial, string fingerprint, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand("""
            SELECT c.id, v.id, v.issuer_id, v.serial_number, c.acme_account_id
            FROM certificate_versions v JOIN managed_certificates c ON c.id = v.certificate_id
            WHERE v.issuer_id = $1 AND v.serial_number = $2 AND v.fingerprint_sha256 = $3
            """);
        command.Parameters.Text(issuerId).Text(serial.ToString()).Text(fingerprint);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        return await reader.ReadAsync(cancellationToken)
            ? new IssuedCertificate(reader.GetString(0), reader.GetString(1), reader.GetString(2), reader.GetString(3), reader.TextOrNull(4))
            : null;
    }

    /// <summary>Whether the account has proven every one of the names, wildcards as such.</summary>
    public async Task<bool> HoldsAuthorizationsAsync(string accountId, IReadOnlyList<SubjectAltName> names, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand($"""
            SELECT count(*) = cardinality($2) FROM unnest($2, $3, $4) AS n (type, value, wildcard)
            WHERE EXISTS (SELECT 1 FROM acme_authorizations WHERE account_id = $1 AND status = 'valid' AND expires_at > $5
                AND identifier_type = n.type AND identifier_value = n.value AND acme_authorizations.wildcard = n.wildcard AND {AuthorizationStore.Proven})
            """);
        command.Parameters.Text(accountId).Texts(names.Select(n => IdentifierRules.IdentifierOf(n).Type))
            .Texts(names.Select(n => IdentifierRules.IsWildcard(n) ? n.Value[2..] : n.Value)).Flags(names.Select(IdentifierRules.IsWildcard)).Time(time.GetUtcNow());
        return await command.ExecuteScalarAsync(cancellationToken) is true;
    }

    /// <summary>Revokes it; false when it is revoked already. A managed certificate whose newest version it is counts as revoked too.</summary>
    /// <param name="actor">Who asked, for the audit.</param>
    public async Task<bool> RevokeAsync(IssuedCertificate issued, string reason, string actor, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand("""
            WITH revoked AS (
                INSERT INTO certificate_revocations (certificate_id, issuer_id, serial_number, reason, revoked_by, revoked_at, not_after)
                SELECT v.certificate_id, v.issuer_id, v.serial_number, $2, $3, $4, v.not_after FROM certificate_versions v WHERE v.id = $1
                ON CONFLICT DO NOTHING
                RETURNING certificate_id, serial_number
            ), newest AS (
                SELECT v.certificate_id, v.created_at FROM revoked r JOIN certificate_versions v ON v.id = $1
                WHERE v.id = (SELECT n.id FROM certificate_versions n WHERE n.certificate_id = r.certificate_id ORDER BY n.created_at DESC, n.id DESC LIMIT 1)
            ), certificates AS (
                UPDATE managed_certificates c SET status = 'Revoked', revoked_at = $4, revocation_reason = $2, updated_at = $4
                FROM newest n
                -- The time is looked at again when this had to wait: another version may have come meanwhile.
                WHERE c.id = n.certificate_id AND c.status NOT IN ('Archived', 'RenewalInProgress') AND (c.last_renewal_at <> n.created_at) IS NOT TRUE
            ), keys AS (
                DELETE FROM private_keys WHERE version_id = $1 AND EXISTS (SELECT 1 FROM revoked)
            )
            INSERT INTO audit_events (actor, actor_type, action, resource_type, resource_id, details, timestamp)
            SELECT $3, 'acme_account', 'certificate_revoked', 'certificate', certificate_id,
                jsonb_build_object('reason', $2, 'serial_numbers', jsonb_build_array(serial_number)), $4
            FROM revoked
            """);
        command.Parameters.Text(issued.VersionId).Text(reason).Text(actor).Time(time.GetUtcNow());
        return await command.ExecuteNonQueryAsync(cancellationToken) > 0;
    }
}
