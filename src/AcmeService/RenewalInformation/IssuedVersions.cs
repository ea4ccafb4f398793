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

/// <summary>A certificate that is asked about, as its issuer and profile know it.</summary>
public readonly record struct AskedVersion(string IssuerId, string SerialNumber, string ProfileId);

/// <summary>Finds certificates by their identifier. Those that are asked about at one time share a statement: a fleet that polls must
/// not queue for connections.</summary>
public sealed class IssuedVersions(NpgsqlDataSource database, IssuerStore issuers, TimeProvider time)
    : Gathering<AskedVersion, IssuedVersion?>(TimeSpan.FromMilliseconds(1), size: 256, waiting: 4096, atOnce: 2, time)
{
    /// <summary>The certificate of this identifier that the profile's issuer issued under the profile; else null.</summary>
    /// <exception cref="OverloadException">Too many wait already.</exception>
    /// <exception cref="NpgsqlException">The database is away.</exception>
    public async Task<IssuedVersion?> FindAsync(CertificateIdentifier identifier, string issuerId, string profileId, CancellationToken cancellationToken)
    {
        var issuer = await issuers.FindAsync(issuerId, cancellationToken);
        if (issuer is null || !issuer.KeyIdentifier.Span.SequenceEqual(identifier.AuthorityKeyIdentifier.Span)) return null;
        return await GatherAsync(new AskedVersion(issuerId, identifier.SerialNumber.ToString(), profileId)).WaitAsync(cancellationToken);
    }

    protected override async Task<IReadOnlyList<IssuedVersion?>> AnswerAsync(IReadOnlyList<AskedVersion> items)
    {
        var asked = items.Distinct().ToList();
        await using var command = database.CreateCommand("""
            SELECT v.issuer_id, v.serial_number, c.certificate_profile_id, c.acme_account_id, c.common_name, c.sans, v.not_before, v.not_after,
                p.renewal_window_days,
                COALESCE(r.revoked_at, CASE WHEN v.created_at < c.replacement_announced_at THEN c.replacement_announced_at END)
            FROM unnest((SELECT $1), (SELECT $2), (SELECT $3)) AS a (issuer_id, serial_number, profile_id)
            JOIN certificate_versions v ON v.issuer_id = a.issuer_id AND v.serial_number = a.serial_number
            JOIN managed_certificates c ON c.id = v.certificate_id AND c.certificate_profile_id = a.profile_id
            JOIN renewal_policies p ON p.id = c.renewal_policy_id
            LEFT JOIN certificate_revocations r ON r.issuer_id = v.issuer_id AND r.serial_number = v.serial_number
            """);
        command.Parameters.Texts(asked.Select(a => a.IssuerId)).Texts(asked.Select(a => a.SerialNumber)).Texts(asked.Select(a => a.ProfileId));
        var found = new Dictionary<AskedVersion, IssuedVersion>();
        await using var reader = await command.ExecuteReaderAsync();
        while (await reader.ReadAsync())
        {
            var serial = reader.GetString(1);
            found[new AskedVersion(reader.GetString(0), serial, reader.GetString(2))] = new IssuedVersion(
                reader.TextOrNull(3), [reader.GetString(4), .. reader.GetFieldValue<string[]>(5)], serial, reader.TimeOf(6), reader.TimeOf(7),
                reader.GetInt32(8), reader.TimeOrNull(9));
        }

        return [.. items.Select(i => found.GetValueOrDefault(i))];
    }
}
