using System.Diagnostics;
using System.Net;
using System.Text;
using Certctl.Core.Domain.Access;
using Certctl.Core.Pki;
using Certctl.IntegrationTests.BulkRenewals;
using Certctl.IntegrationTests.Certificates;
using Certctl.IntegrationTests.Dashboard;
using Certctl.Rfc8555;
using Npgsql;

namespace Certctl.IntegrationTests.Secrets;

/// <summary>The product as a process that logs all it can, and whole flows with every secret that there is.</summary>
public sealed class SecretsInLogsTests
{
    private readonly KnownSecrets secrets = new();

    [Fact]
    public async Task No_secret_is_in_the_logs_of_whole_flows_nor_readable_in_the_database()
    {
        await using var fleet = await ProductFleet.CreateAsync();
        secrets.Add("the key-encryption key", ProductFleet.KeyEncryptionKey);
        secrets.Add("the password of PostgreSQL", new NpgsqlConnectionStringBuilder(fleet.Database.ConnectionString).Password!);
        secrets.Add("the password of RabbitMQ", Uri.UnescapeDataString(new Uri(fleet.RabbitMqUrl).UserInfo.Split(':')[1]));
        foreach (var role in (Role[])[Role.Admin, Role.Operator, Role.Viewer]) secrets.Add("an API key of the environment", CertctlServer.KeyOf(role.ToString()));
        var process = fleet.Start(
            "AllInOne", ("CERTCTL_LOG_LEVEL", "debug"), ("CERTCTL_AUTH_SECRET", secrets.Add("the legacy key", "legacy-key-of-the-tests-only-9f3b")),
            ("CERTCTL_METRICS_TOKEN", secrets.Add("the token of metrics", "metrics-token-of-the-tests-only-77a1")));
        await fleet.ReadyAsync();
        await TokensAsync(fleet);
        await PrivateKeysAsync(fleet.Client(Role.Operator));
        await ExternalAccountAsync(fleet);
        await LoginsAsync(fleet);
        await FailuresAsync(fleet);
        await StoredAsync(fleet);

        secrets.AreNotIn(await DumpAsync(fleet.Database.ConnectionString), "the database");
        Assert.Equal(0, (await process.TerminateAsync(TimeSpan.FromSeconds(30))).ExitCode);
        // All of that was logged.
        foreach (var said in (string[])["/api/v1/api-keys", "/private-key", "/new-account", "/login", "Npgsql"]) Assert.Contains(said, process.Output, StringComparison.Ordinal);
        secrets.AreNotIn(process.Output, "the log");
    }

    [Fact]
    public async Task No_password_is_in_the_logs_of_services_that_cannot_be_reached()
    {
        await using var fleet = await ProductFleet.CreateAsync();
        var database = secrets.Add("the password of PostgreSQL", "password-of-no-database-5d1e");
        var broker = secrets.Add("the password of RabbitMQ", "password-of-no-broker-a04c");
        var (log, port) = (("CERTCTL_LOG_LEVEL", "debug"), FreePort.Next());
        var lost = fleet.Start("Api", log, ("CERTCTL_DATABASE_URL", $"postgres://certctl:{database}@127.0.0.1:{port}/certctl"));
        await lost.Says("PostgreSQL does not answer yet");
        var misspelt = fleet.Start("Api", log, ("CERTCTL_DATABASE_URL", $"postgres:/certctl:{database}@127.0.0.1/certctl"));
        Assert.NotEqual(0, await misspelt.ExitAsync(TimeSpan.FromSeconds(30)));
        var silent = fleet.Start("Api", log, ("CERTCTL_RABBITMQ_URL", $"amqp://certctl:{broker}@127.0.0.1:{port}/certctl"));
        await silent.Says("RabbitMQ does not answer yet");
        foreach (var process in fleet.Processes) secrets.AreNotIn(process.Output, process.Name);
    }

    private async Task TokensAsync(ProductFleet fleet)
    {
        var admin = fleet.Client(Role.Admin);
        var key = secrets.Add("an API key", (await admin.Post("api-keys", new { name = "logged", role = "operator" }, ("Idempotency-Key", "logged"))).Is(HttpStatusCode.Created).Json.Text("key"));
        (await fleet.Client(key).Get("certificates")).Is(HttpStatusCode.OK);
        (await fleet.Client(key).Post("certificates", new { nonsense = key })).Is(HttpStatusCode.BadRequest);
        (await fleet.Client(key).Post("certificates", new StringContent($"{{\"name\": \"{key}", Encoding.UTF8, "application/json"))).Is(HttpStatusCode.BadRequest);
        (await fleet.Client(key).Get($"certificates?access_token={key}")).Is(HttpStatusCode.BadRequest);
        (await fleet.Client(key).Get("certificates/none")).Is(HttpStatusCode.NotFound);
        (await fleet.Client(secrets.Add("a token of nobody", "cck_token-of-nobody-in-these-tests-31c8")).Get("certificates")).Is(HttpStatusCode.Unauthorized);
        var agent = (await admin.Post("agents", new { name = "logged" })).Is(HttpStatusCode.Created).Json;
        var (id, token) = (agent.GetProperty("agent").Text("id"), secrets.Add("an agent's token", agent.Text("token")));
        (await fleet.Client(token).Post($"agents/{id}/heartbeat", new { version = "1" })).Is(HttpStatusCode.Accepted);
        (await fleet.Client(token).Post($"agents/{id}/heartbeat", new { version = 1 })).Is(HttpStatusCode.BadRequest);
        (await fleet.Client(token).Get("certificates")).Is(HttpStatusCode.Forbidden);
        (await admin.Delete($"agents/{id}")).Is(HttpStatusCode.NoContent);
        (await fleet.Client(token).Post($"agents/{id}/heartbeat")).Is(HttpStatusCode.Gone);
    }

    private async Task PrivateKeysAsync(HttpClient operators)
    {
        var password = secrets.Add("the password of a PKCS#12 file", "password-of-a-pkcs12-file-c2f7");
        var (id, version) = await operators.CreateAndIssue("logged");
        var path = $"certificates/{id}/versions/{version.Text("id")}/private-key";
        (await operators.Post(path, new { format = "pem", password })).Is(HttpStatusCode.BadRequest);
        secrets.AddKey("a private key", (await operators.Post(path)).Is(HttpStatusCode.OK).Body);
        var newer = (await operators.RenewAndIssue(id))[0];
        (await operators.Post($"certificates/{id}/versions/{newer.Text("id")}/private-key", new { format = "pkcs12", password })).Is(HttpStatusCode.OK);
    }

    private async Task ExternalAccountAsync(ProductFleet fleet)
    {
        var made = (await fleet.Client(Role.Admin).Post("acme/eab-keys", new { profile_id = "prof-eab", name = "logged" })).Is(HttpStatusCode.Created).Json;
        var external = new ExternalAccount(made.Text("key_id"), secrets.Add("an EAB key", made.Text("hmac_key")));
        (await fleet.Acme("prof-eab").NewAccountAsync(externalAccount: external)).Ensured();
        var wrong = new ExternalAccount(made.Text("key_id"), secrets.Add("a wrong EAB key", "d3JvbmctZWFiLWtleS1vZi10aGUtdGVzdHMtb25seQ"));
        Assert.False((await fleet.Acme("prof-eab").NewAccountAsync(externalAccount: wrong)).IsSuccess);
    }

    private async Task LoginsAsync(ProductFleet fleet)
    {
        var browser = fleet.Http(handler => handler.UseCookies = true);
        (await browser.LogIn(secrets.Add("a key typed by mistake", "typed-by-mistake-in-the-tests-b6d2"))).Is(HttpStatusCode.Unauthorized);
        var login = (await browser.LogIn(CertctlServer.KeyOf("Operator"))).Is(HttpStatusCode.Found);
        secrets.Add("the cookie of a login", login.Headers.GetValues("Set-Cookie").Single(c => c.StartsWith("certctl-dashboard=", StringComparison.Ordinal)).Split('=', ';')[1]);
        (await browser.Get("/hangfire/recurring")).Is(HttpStatusCode.OK);
    }

    /// <summary>What is sealed and never shown; all of it was used meanwhile, the key of the seals by the verification.</summary>
    private async Task StoredAsync(ProductFleet fleet)
    {
        await using var database = NpgsqlDataSource.Create(fleet.Database.ConnectionString);
        using var box = new SecretBox(ProductFleet.KeyEncryptionKey);
        await StoredSecrets.SealAuditAsync(database, box);
        Assert.True((await fleet.Client(Role.Admin).Read("audit-seals/verify")).GetProperty("intact").GetBoolean());
        await secrets.AddAsync(database, box);
    }

    /// <summary>What goes wrong on our side is logged with its exception.</summary>
    private static async Task FailuresAsync(ProductFleet fleet)
    {
        await fleet.Database.Execute("ALTER TABLE api_keys RENAME TO api_keys_away");
        (await fleet.Client(Role.Admin).Get("api-keys")).Is(HttpStatusCode.InternalServerError);
        await fleet.Database.Execute("ALTER TABLE api_keys_away RENAME TO api_keys");
    }

    /// <summary>Every row as text; binary columns in hexadecimal.</summary>
    private static async Task<string> DumpAsync(string connectionString)
    {
        using var dump = Process.Start(PostgresTools.Command("pg_dump", connectionString, "--data-only", "--inserts"))!;
        var text = await dump.StandardOutput.ReadToEndAsync();
        await dump.WaitForExitAsync();
        Assert.True(dump.ExitCode == 0 && text.Contains("INSERT INTO public.agents", StringComparison.Ordinal), text);
        return text;
    }
}
