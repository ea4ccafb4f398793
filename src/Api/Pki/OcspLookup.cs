using Certctl.Core.Persistence;
using Certctl.Core.Pki;
using Npgsql;

namespace Certctl.Api.Pki;

/// <summary>What the database knows of serial numbers, for OCSP.</summary>
internal sealed class OcspLookup(NpgsqlDataSource database)
{
    /// <summary>The status of each serial that the issuer has issued; one that is missing was never issued.</summary>
    public async Task<Dictionary<SerialNumber, OcspStatus>> FindAsync(
        string issuerId, IReadOnlyList<SerialNumber> serials, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand("""
            SELECT v.serial_number, r.revoked_at, r.reason FROM certificate_versions v
            LEFT JOIN certificate_revocations r ON r.issuer_id = v.issuer_id AND r.serial_number = v.serial_number
            WHERE v.issuer_id = $1 AND v.serial_number = ANY($2)
            """);
        command.Parameters.Text(issuerId).Texts(serials.Select(s => s.ToString()));
        var found = new Dictionary<SerialNumber, OcspStatus>();
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            if (!SerialNumber.TryParse(reader.GetString(0), out var serial)) continue;
            found[serial] = reader.IsDBNull(1)
                ? OcspStatus.Good
                : new OcspStatus(reader.GetFieldValue<DateTimeOffset>(1), RevocationReasons.TryParse(reader.GetString(2), out var reason) ? reason : default);
        }

        return found;
    }
}
