using System.Net;
using System.Text.Json;
using Certctl.AcmeService.Nonces;
using Certctl.Core.Auditing;
using Certctl.Core.Hosting;
using Certctl.Core.Issuance;
using Certctl.Core.Issuance.Rotation;
using Certctl.Core.Pki;
using Certctl.IntegrationTests.BulkRenewals;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.Extensions.DependencyInjection;

namespace Certctl.IntegrationTests.Rotation;

public sealed class KeyRotationTests
{
    private static readonly (string, string) Kept = ("Idempotency-Key", "tests-rotation");

    [Fact]
    public async Task After_a_rotation_beside_the_running_fleet_the_former_key_is_needed_no_more()
    {
        await using var fleet = await RotationFleet.CreateAsync();
        string certificate, version, eabKey, keptAnswer, cookie, nonce;
        var (former, admin) = await fleet.StartAsync(RotationFleet.OldKey);
        await using (former)
        {
            var created = (await admin.Post("certificates", NewCertificate("rotation-1"), Kept)).Is(HttpStatusCode.Created);
            (certificate, keptAnswer) = (created.Json.Text("id"), created.Body);
            version = await VersionOfAsync(admin, certificate);
            eabKey = (await admin.Post("acme/eab-keys", new { name = "rotation", profile_id = "prof-eab" })).Is(HttpStatusCode.Created).Json.Text("key_id");
            cookie = Protector(former).Protect("a login");
            nonce = former.Services.GetRequiredService<NonceMint>().Issue();
            await former.Services.GetRequiredService<AuditSealing>().RunAsync(TimeSpan.FromSeconds(10), TestContext.Current.CancellationToken);
        }

        var formerId = await fleet.Database.Value<string>("SELECT DISTINCT key_encryption_key_id FROM certificate_authorities");
        var (rotating, rotatingAdmin) = await fleet.StartAsync(RotationFleet.NewKey, previous: RotationFleet.OldKey);
        await using (rotating)
        {
            Assert.True(rotating.Services.GetRequiredService<NonceMint>().IsAuthentic(nonce, out _), "a nonce of before the change is good while both keys are known");
            var work = Enumerable.Range(2, 10).Select(n => rotatingAdmin.Post("certificates", NewCertificate($"rotation-{n}"))).ToList();
            var output = new StringWriter();
            Assert.True(await Commands.RunAsync(rotating.Services, ["rotate-kek"], output, TestContext.Current.CancellationToken) == 0, output.ToString());
            foreach (var created in await Task.WhenAll(work)) created.Is(HttpStatusCode.Created);
            Assert.Equal(0, await Commands.RunAsync(rotating.Services, ["rotate-kek"], output, TestContext.Current.CancellationToken));
            Assert.Contains("no former key is needed", output.ToString(), StringComparison.Ordinal);
        }

        foreach (var column in SealedColumn.All)
            Assert.Equal(0, await fleet.Database.Value<long>($"SELECT count(*) FROM {column.Table} WHERE key_encryption_key_id = $1", formerId));
        Assert.Equal(0, await fleet.Database.Value<long>("SELECT count(*) FROM data_protection_keys WHERE xml LIKE '%' || $1 || '%'", formerId));
        Assert.NotEqual(0, await fleet.Database.Value<long>("SELECT count(*) FROM audit_events WHERE action = 'key_encryption_key_rotated'"));

        var (latter, latterAdmin) = await fleet.StartAsync(RotationFleet.NewKey);
        await using (latter)
        {
            // The CA signs, what was kept can be read, logins hold, seals are verified.
            (await latterAdmin.Post("certificates", NewCertificate("rotation-after"))).Is(HttpStatusCode.Created);
            Assert.Contains("PRIVATE KEY", (await latterAdmin.Post($"certificates/{certificate}/versions/{version}/private-key")).Is(HttpStatusCode.OK).Body, StringComparison.Ordinal);
            Assert.Equal(keptAnswer, (await latterAdmin.Post("certificates", NewCertificate("rotation-1"), Kept)).Is(HttpStatusCode.Created).Body);
            Assert.Equal("a login", Protector(latter).Unprotect(cookie));
            Assert.Equal(32, await OpenEabKeyAsync(fleet, latter, eabKey));
            await latter.Services.GetRequiredService<AuditSealing>().RunAsync(TimeSpan.FromSeconds(10), TestContext.Current.CancellationToken);
            Assert.True((await latterAdmin.Read("audit-seals/verify")).GetProperty("intact").GetBoolean());
            // ACME clients get badNonce for the nonces of before, and a fresh one with it.
            var mint = latter.Services.GetRequiredService<NonceMint>();
            Assert.False(mint.IsAuthentic(nonce, out _));
            Assert.True(mint.IsAuthentic(mint.Issue(), out _));
        }
    }

    private static object NewCertificate(string name) => new
    {
        name,
        common_name = $"{name}.example.test",
        sans = new[] { $"{name}.example.test" },
        profile_id = "prof-test",
        owner_id = "o-alice",
        team_id = "t-platform",
        issuer_id = "iss-local",
        renewal_policy_id = "rp-standard",
        environment = "rotation",
        key_mode = "server",
    };

    /// <summary>The first version, once it is issued.</summary>
    private static async Task<string> VersionOfAsync(HttpClient client, string certificate) => (await Eventually.Becomes(
        async () => (await client.Read($"certificates/{certificate}/versions")).GetProperty("data").EnumerateArray().FirstOrDefault(),
        version => version.ValueKind == JsonValueKind.Object, "the first version is issued")).Text("id");

    private static IDataProtector Protector(Replica process) => process.Services.GetRequiredService<IDataProtectionProvider>().CreateProtector("tests");

    /// <summary>Its length in bytes.</summary>
    private static async Task<int> OpenEabKeyAsync(RotationFleet fleet, Replica process, string keyId)
    {
        var secret = new EncryptedSecret(
            await fleet.Database.Value<string>("SELECT key_encryption_key_id FROM acme_eab_keys WHERE key_id = $1", keyId),
            await fleet.Database.Value<byte[]>("SELECT encrypted_key FROM acme_eab_keys WHERE key_id = $1", keyId));
        return process.Services.GetRequiredService<SecretBox>().Open(secret, EabKeySeal.For(keyId)).Length;
    }
}
