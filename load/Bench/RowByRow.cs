using System.Diagnostics;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Npgsql;

namespace Certctl.Bench;

/// <summary>
/// A bulk renewal as the Go certctl does it: the request flips each certificate and inserts its job, one after the other; then 25
/// workers take the jobs one by one: read the certificate, make a key, sign, write version, certificate and audit in one
/// transaction, and the job in another. Without its tick of 30 s, which would add minutes. In a schema of its own, on copies of the
/// product's tables with their indexes.
/// </summary>
internal sealed class RowByRow(NpgsqlDataSource database) : IDisposable
{
    private const int Workers = 25;

    private readonly ECDsa caKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);

    public void Dispose() => caKey.Dispose();

    /// <returns>Seconds.</returns>
    public async Task<double> RunAsync(int count)
    {
        await ExecuteAsync("""
            DROP SCHEMA IF EXISTS bench CASCADE;
            CREATE SCHEMA bench;
            CREATE TABLE bench.certificates (LIKE managed_certificates INCLUDING ALL);
            CREATE TABLE bench.versions (LIKE certificate_versions INCLUDING ALL);
            CREATE TABLE bench.audit (LIKE audit_events INCLUDING ALL);
            CREATE TABLE bench.jobs (id text PRIMARY KEY, certificate_id text NOT NULL, status text NOT NULL, created_at timestamptz NOT NULL, completed_at timestamptz);
            CREATE INDEX ON bench.jobs (status);
            """);
        await ExecuteAsync("INSERT INTO bench.certificates SELECT * FROM managed_certificates WHERE environment = 'loadtest' ORDER BY id LIMIT $1", count);
        await ExecuteAsync("ANALYZE bench.certificates");
        var request = new X500DistinguishedName("CN=Row by row");
        using var ca = new CertificateRequest(request, caKey, HashAlgorithmName.SHA256).CreateSelfSigned(TimeProvider.System.GetUtcNow(), TimeProvider.System.GetUtcNow().AddDays(90));
        var clock = Stopwatch.StartNew();
        var jobs = new List<(string Job, string Certificate)>(count);
        foreach (var id in await IdsAsync())
        {
            var job = $"job-{jobs.Count}";
            await ExecuteAsync("UPDATE bench.certificates SET status = 'RenewalInProgress', updated_at = now() WHERE id = $1", id);
            await ExecuteAsync("INSERT INTO bench.jobs (id, certificate_id, status, created_at) VALUES ($1, $2, 'Pending', now())", job, id);
            jobs.Add((job, id));
        }

        await Parallel.ForEachAsync(jobs, new ParallelOptions { MaxDegreeOfParallelism = Workers }, async (job, _) => await RenewAsync(job.Job, job.Certificate, ca));
        var seconds = clock.Elapsed.TotalSeconds;
        await ExecuteAsync("DROP SCHEMA bench CASCADE");
        return seconds;
    }

    private async Task RenewAsync(string job, string certificateId, X509Certificate2 ca)
    {
        var name = await NameAsync(certificateId);
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName(name);
        request.CertificateExtensions.Add(names.Build());
        var now = TimeProvider.System.GetUtcNow();
        using var certificate = request.Create(ca.SubjectName, X509SignatureGenerator.CreateForECDsa(caKey), now, now.AddDays(89), RandomNumberGenerator.GetBytes(16));
        await using var connection = await database.OpenConnectionAsync();
        await using (var transaction = await connection.BeginTransactionAsync())
        {
            await ExecuteAsync(connection, """
                INSERT INTO bench.versions (id, certificate_id, issuer_id, serial_number, not_before, not_after, fingerprint_sha256, pem_chain, key_algorithm, key_size, created_at)
                VALUES ($1, $2, 'iss-local', $3, now(), now() + interval '89 days', $4, $5, 'ECDSA', 256, now())
                """, "cv-" + job, certificateId, certificate.SerialNumber, certificate.GetCertHashString(HashAlgorithmName.SHA256), certificate.ExportCertificatePem() + ca.ExportCertificatePem());
            await ExecuteAsync(connection, "UPDATE bench.certificates SET status = 'Active', expires_at = now() + interval '89 days', last_renewal_at = now(), updated_at = now() WHERE id = $1", certificateId);
            await ExecuteAsync(connection, """
                INSERT INTO bench.audit (actor, actor_type, action, resource_type, resource_id, details, timestamp)
                VALUES ('bench', 'system', 'certificate_issued', 'certificate', $1, '{}', now())
                """, certificateId);
            await transaction.CommitAsync();
        }

        await ExecuteAsync(connection, "UPDATE bench.jobs SET status = 'Completed', completed_at = now() WHERE id = $1", job);
    }

    private async Task<List<string>> IdsAsync()
    {
        await using var command = database.CreateCommand("SELECT id FROM bench.certificates");
        await using var reader = await command.ExecuteReaderAsync();
        var ids = new List<string>();
        while (await reader.ReadAsync()) ids.Add(reader.GetString(0));
        return ids;
    }

    private async Task<string> NameAsync(string id)
    {
        await using var command = database.CreateCommand("SELECT common_name FROM bench.certificates WHERE id = $1");
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = id });
        return (string)(await command.ExecuteScalarAsync())!;
    }

    private async Task ExecuteAsync(string sql, params object[] values)
    {
        await using var connection = await database.OpenConnectionAsync();
        await ExecuteAsync(connection, sql, values);
    }

    private static async Task ExecuteAsync(NpgsqlConnection connection, string sql, params object[] values)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        foreach (var value in values) command.Parameters.Add(new NpgsqlParameter { Value = value });
        await command.ExecuteNonQueryAsync();
    }
}
