using Certctl.Core.Issuance;
using Npgsql;

namespace Certctl.AcmeService.RenewalInformation;

/// <summary>What renewal information needs of an issued certificate.</summary>
/// <param name="ReplaceSince">When it was revoked, or an operator asked for its replacement; null when neither.</param>
public sealed record IssuedVersion(
    string? AccountId, IReadOnlyList<string> Names, string SerialNumber, DateTimeOffset NotBefore, DateTimeOffset NotAfter, int RenewalWindowDays,
    DateTimeOffset? ReplaceSince)
{
    public Protocol.SuggestedWindow Window => ReplaceSince is { } since
        ? RenewalWindow.AtOnce(since)
        : RenewalWindow.Of(NotBefore, NotAfter, RenewalWindowDays, SerialNumber);
}

/// <summary>Finds certificates by their identifier.</summary>
public sealed class IssuedVersions(NpgsqlDataSource database, IssuerStore issuers)
{
    /// <summary>The certificate of this identifier that the profile's issuer issued under the profile; else null.</summary>
    public async Task<IssuedVersion?> FindAsync(CertificateIdentifier identifier, string issuerId, string profileId, CancellationToken cancellationToken)
    {
        var issuer = await issuers.FindAsync(issuerId, cancellationToken);
        if (issuer is null || !issuer.KeyIdentifier.Span.SequenceEqual(identifier.AuthorityKeyIdentifier.Span)) return null;
        await using var command = database.CreateCommand("""
            SELECT c.acme_account_id, c.common_name, c.sans, v.serial_number, v.not_before, v.not_after, p.renewal_window_days,
                COALESCE(r.revoked_at, CASE WHEN v.created_at < c.replacement_announced_at THEN c.replacement_announced_at END)
            FROM certificate_versions v
            JOIN managed_certificates c ON c.id = v.certificate_id
            JOIN renewal_policies p ON p.id = c.renewal_policy_id
            LEFT JOIN certificate_revocations r ON r.issuer_id = v.issuer_id AND r.serial_number = v.serial_number
            WHERE v.issuer_id = $1 AND v.serial_number = $2 AND c.certificate_profile_id = $3
            """);
        command.Parameters.Text(issuerId).Text(identifier.SerialNumber.ToString()).Text(profileId);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        return await reader.ReadAsync(cancellationToken)
            ? new IssuedVersion(
                reader.TextOrNull(0), [reader.GetString(1), .. reader.GetFieldValue<string[]>(2)], reader.GetString(3), reader.TimeOf(4), reader.TimeOf(5),
                reader.GetInt32(6), reader.TimeOrNull(7))
            : null;
    }
}
