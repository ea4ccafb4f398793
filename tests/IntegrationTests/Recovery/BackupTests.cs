using System.Net;
using System.Security.Cryptography.X509Certificates;
using Certctl.Core.Domain.Access;
using Certctl.IntegrationTests.Acme;
using Certctl.IntegrationTests.Agents;
using Certctl.IntegrationTests.BulkRenewals;
using Certctl.IntegrationTests.Certificates;
using Certctl.Rfc8555;

namespace Certctl.IntegrationTests.Recovery;

/// <summary>docs/operator/backup.md rehearsed: its commands, another database, an empty broker.</summary>
public sealed class BackupTests
{
    private const string Profile = "prof-burst";
    private const string OpenName = "backup-open.example.test";

    [Fact]
    public async Task A_restored_database_goes_on_where_its_dump_ended()
    {
        await using var lost = await ProductFleet.CreateAsync();
        var before = await LiveAsync(lost);
        await DocumentedCommands.RunAsync("backup.md", "Back up", lost.StateFolder, lost.Database.ConnectionString);

        var database = await TestDatabase.CreateAsync();
        await DocumentedCommands.RunAsync("backup.md", "Restore", lost.StateFolder, database.ConnectionString);
        await using var restored = await ProductFleet.CreateAsync(database);
        await RefusesAnotherKeyAsync(restored);
        restored.Start("AllInOne");
        // The root that clients trust already is the one that signed what is shown to them now.
        File.Copy(lost.CaFile, restored.CaFile);
        await restored.ReadyAsync();
        Assert.Equal(before.Root, await File.ReadAllTextAsync(restored.CaFile));

        await TokensHoldAsync(restored, before);
        await CertificatesGoOnAsync(restored, before);
        await AcmeGoesOnAsync(restored, before);
        await CrlNumbersGoOnAsync(restored, before);
    }

    /// <summary>What is there when the dump is made; the last renewal waits for a worker that never comes.</summary>
    private static async Task<Before> LiveAsync(ProductFleet fleet)
    {
        var whole = fleet.Start("AllInOne");
        await fleet.ReadyAsync();
        var operators = fleet.Client(Role.Operator);
        var agent = (await operators.Post("agents", new { name = "backup" })).Is(HttpStatusCode.Created).Json;
        var key = (await fleet.Client(Role.Admin).Post("api-keys", new { name = "backup", role = "operator" })).Is(HttpStatusCode.Created).Json.Text("key");
        var (certificateId, _) = await operators.CreateAndIssue("backup");
        var (keyOf, version) = await operators.CreateAndIssue("backup-key");
        var account = fleet.Acme(Profile);
        (await account.NewAccountAsync()).Ensured();
        var issued = await account.Issue("backup-issued.example.test");
        var open = await account.Order(OpenName);
        (await account.RevokeAsync(issued.Certificate.RawData)).Ensured();
        var crl = await fleet.CrlNumberAsync();
        Assert.Equal(0, (await whole.TerminateAsync(TimeSpan.FromSeconds(30))).ExitCode);

        var api = fleet.Start("Api");
        await Eventually.Holds(async () => await fleet.AnswersAsync(), "the API is back", TimeSpan.FromSeconds(60));
        var renewalId = (await operators.Post($"certificates/{certificateId}/renew")).Is(HttpStatusCode.Accepted).Json.Text("id");
        Assert.False(api.HasDied);
        return new Before(
            await File.ReadAllTextAsync(fleet.CaFile), agent.GetProperty("agent").Text("id"), agent.Text("token"), key, certificateId, keyOf, version.Text("id"),
            renewalId, account.Key, issued.Order.Location!, open.Location!, crl);
    }

    private static async Task RefusesAnotherKeyAsync(ProductFleet fleet)
    {
        var process = fleet.Start("AllInOne", ("CERTCTL_CONFIG_ENCRYPTION_KEY", "another-key-encryption-key-of-the-tests"));
        Assert.Equal(78, await process.ExitAsync(TimeSpan.FromSeconds(30)));
        Assert.Contains("CERTCTL_CONFIG_ENCRYPTION_KEY is refused: what is stored was sealed under another key", process.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", process.Output, StringComparison.Ordinal);
    }

    private static async Task TokensHoldAsync(ProductFleet fleet, Before before)
    {
        (await fleet.Client(before.AgentToken).Beat(before.AgentId)).Is(HttpStatusCode.Accepted);
        (await fleet.Client(before.ApiKey).Get("certificates")).Is(HttpStatusCode.OK);
    }

    private static async Task CertificatesGoOnAsync(ProductFleet fleet, Before before)
    {
        var operators = fleet.Client(Role.Operator);
        // Sealed before, opened after.
        (await operators.Post($"certificates/{before.KeyOf}/versions/{before.VersionId}/private-key")).Is(HttpStatusCode.OK);
        await operators.RenewalBecomes(before.RenewalId, "completed");
        var versions = await operators.VersionsBecome(before.CertificateId, 2);
        using var leaf = versions[0].Leaf();
        Assert.True(ChainsTo(before.Root, leaf, versions[0].Text("pem_chain")));
        Assert.Equal(0L, await fleet.Database.Value<long>("SELECT count(*) FROM managed_certificates WHERE status = 'RenewalInProgress'"));
    }

    private static async Task AcmeGoesOnAsync(ProductFleet fleet, Before before)
    {
        var account = fleet.Acme(Profile, key: before.AccountKey);
        (await account.NewAccountAsync(onlyReturnExisting: true)).Ensured();
        Assert.Equal("valid", (await account.GetOrderAsync(fleet.Here(before.IssuedOrder))).Ensured().Member("status"));
        var open = (await account.GetOrderAsync(fleet.Here(before.OpenOrder))).Ensured();
        var issued = await account.Finish(open, fleet.Here(before.OpenOrder), OpenName);
        Assert.True(ChainsTo(before.Root, issued.Certificate, issued.Chain));
    }

    private static async Task CrlNumbersGoOnAsync(ProductFleet fleet, Before before)
    {
        // As if more had been published after the dump: the number is lost with the row that had it.
        await fleet.Database.Execute("DELETE FROM crl_cache");
        Assert.True(await fleet.CrlNumberAsync() > before.CrlNumber, "a CRL number was used twice");
    }

    private static bool ChainsTo(string root, X509Certificate2 leaf, string pemChain)
    {
        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.ImportFromPem(root);
        chain.ChainPolicy.ExtraStore.ImportFromPem(pemChain);
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        chain.ChainPolicy.DisableCertificateDownloads = true;
        return chain.Build(leaf);
    }

    private sealed record Before(
        string Root, string AgentId, string AgentToken, string ApiKey, string CertificateId, string KeyOf, string VersionId, string RenewalId,
        AcmeAccountKey AccountKey, string IssuedOrder, string OpenOrder, long CrlNumber);
}
