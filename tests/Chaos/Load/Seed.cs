using System.Globalization;
using Certctl.Chaos.Fleet;

namespace Certctl.Chaos.Load;

/// <summary>The certificates and agents that the load is about: the load tests' own fixtures, and certificates for single renewals.</summary>
internal static class Seed
{
    private const int Singles = 500;

    private static readonly string[] Fixtures = ["load/seed/01_bulk_renewal_certs.sql", "load/seed/02_agent_fleet.sql"];

    /// <summary>The nth agent of the fixtures, counted from 0.</summary>
    public static string Agent(int n) => string.Create(CultureInfo.InvariantCulture, $"ag-loadtest-{n + 1:D5}");

    /// <summary>The nth certificate of those that no bulk takes, counted from 0 and round.</summary>
    public static string SingleCertificate(int n) => string.Create(CultureInfo.InvariantCulture, $"cert-chaos-{n % Singles}");

    public static async Task InsertAsync(Instance instance, ChaosDatabase database, CancellationToken cancellationToken)
    {
        foreach (var fixture in Fixtures) await database.ExecuteAsync(await File.ReadAllTextAsync(Path.Combine(instance.Root, fixture), cancellationToken), cancellationToken);
        await database.ExecuteAsync($$"""
            INSERT INTO managed_certificates
                (id, name, common_name, sans, environment, owner_id, team_id, issuer_id, renewal_policy_id, certificate_profile_id,
                 status, expires_at, tags, key_mode, source, created_at, updated_at)
            SELECT 'cert-chaos-' || n, name, name, ARRAY[name], 'chaos', 'o-alice', 't-platform', 'iss-local', 'rp-loadtest',
                   'prof-standard-tls', 'Active', now() + interval '20 days', '{}', 'server', '', now(), now()
            FROM generate_series(0, {{Singles - 1}}) AS n, LATERAL (SELECT 'chaos-single-' || n || '.example.test' AS name) AS named
            """, cancellationToken);
    }
}
