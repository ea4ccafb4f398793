using Certctl.Core.Hosting;
using Certctl.Core.Issuance;
using Certctl.Core.Issuance.Rotation;
using Certctl.Core.Pki;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace Certctl.IntegrationTests.Rotation;

/// <summary>Rotation over many rows, over rows that somebody holds, and over rows that nobody can open.</summary>
public sealed class SealedRowsTests : IAsyncLifetime
{
    private TestDatabase database = null!;
    private WebApplication process = null!;

    public async ValueTask InitializeAsync()
    {
        database = await TestDatabase.CreateAsync();
        await using (var former = Process(RotationFleet.OldKey, "")) await former.Services.PrepareDatabaseAsync(TestContext.Current.CancellationToken);
        process = Process(RotationFleet.NewKey, RotationFleet.OldKey);
    }

    public async ValueTask DisposeAsync()
    {
        await process.DisposeAsync();
        await database.DisposeAsync();
    }

    [Fact]
    public async Task Every_column_with_a_key_id_beside_it_is_rotated()
    {
        var columns = await database.Column<string>(
            "SELECT table_name::text FROM information_schema.columns WHERE column_name = 'key_encryption_key_id' AND table_schema = 'public' ORDER BY 1");
        Assert.Equal(columns, SealedColumn.All.Select(c => c.Table).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Many_rows_are_sealed_again_in_batches_and_a_run_that_was_stopped_goes_on()
    {
        await SeedAnswersAsync(450);
        // As if it had been stopped after the first of them.
        await database.Execute("DELETE FROM idempotent_requests WHERE key = 'k-0000'");
        await RotateAsync(expected: 0);
        var secrets = process.Services.GetRequiredService<SecretBox>();
        Assert.Equal([secrets.KeyId], await database.Column<string>("SELECT DISTINCT key_encryption_key_id FROM idempotent_requests"));
        var last = new EncryptedSecret(secrets.KeyId, await database.Value<byte[]>("SELECT encrypted_body FROM idempotent_requests WHERE key = 'k-0449'"));
        Assert.Equal("answer 449"u8.ToArray(), secrets.Open(last, AnswerSeal.For("tester", "k-0449")));
        Assert.Contains("no former key", await RotateAsync(expected: 0), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_row_that_somebody_holds_is_waited_for()
    {
        await SeedAnswersAsync(3);
        await using var connection = new NpgsqlConnection(database.ConnectionString);
        await connection.OpenAsync(TestContext.Current.CancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(TestContext.Current.CancellationToken);
        await using (var hold = new NpgsqlCommand("SELECT 1 FROM idempotent_requests WHERE key = 'k-0001' FOR UPDATE", connection))
            await hold.ExecuteScalarAsync(TestContext.Current.CancellationToken);
        var rotating = RotateAsync(expected: 0);
        await Eventually.Holds(
            async () => await database.Value<long>("SELECT count(DISTINCT key_encryption_key_id) FROM idempotent_requests") == 2, "the others are sealed again");
        Assert.False(rotating.IsCompleted);
        await transaction.RollbackAsync(TestContext.Current.CancellationToken);
        await rotating;
        Assert.Equal(1, await database.Value<long>("SELECT count(DISTINCT key_encryption_key_id) FROM idempotent_requests"));
    }

    [Fact]
    public async Task What_no_key_opens_is_named_and_the_rest_is_done()
    {
        await SeedAnswersAsync(3);
        await database.Execute("UPDATE idempotent_requests SET encrypted_body = set_byte(encrypted_body, 14, get_byte(encrypted_body, 14) # 1) WHERE key = 'k-0000'");
        await database.Execute("UPDATE idempotent_requests SET key_encryption_key_id = 'unknown' WHERE key = 'k-0002'");
        var said = await RotateAsync(expected: 1);
        Assert.Contains("tester/k-0000", said, StringComparison.Ordinal);
        Assert.Contains("tester/k-0002", said, StringComparison.Ordinal);
        Assert.Contains("idempotent_requests: 2 remain", said, StringComparison.Ordinal);
        Assert.Contains("keep the former keys", said, StringComparison.Ordinal);
        Assert.Equal(0, await database.Value<long>("SELECT count(*) FROM certificate_authorities WHERE key_encryption_key_id <> $1", process.Services.GetRequiredService<SecretBox>().KeyId));
    }

    [Theory]
    [InlineData("rotate-kek")]
    [InlineData("verify-audit")]
    public async Task A_database_without_our_tables_is_named_and_what_to_do_about_it(string command)
    {
        await using var empty = await TestDatabase.CreateAsync();
        await using var elsewhere = Process(RotationFleet.NewKey, "", empty);
        var output = new StringWriter();
        Assert.Equal(69, await Commands.RunAsync(elsewhere.Services, [command], output, TestContext.Current.CancellationToken));
        Assert.Contains("start a process of certctl on it once", output.ToString(), StringComparison.Ordinal);
    }

    private async Task<string> RotateAsync(int expected)
    {
        var output = new StringWriter();
        var code = await Commands.RunAsync(process.Services, ["rotate-kek"], output, TestContext.Current.CancellationToken);
        Assert.True(code == expected, output.ToString());
        return output.ToString();
    }

    private async Task SeedAnswersAsync(int count)
    {
        using var former = new SecretBox(RotationFleet.OldKey);
        for (var n = 0; n < count; n++)
        {
            var secret = former.Seal(System.Text.Encoding.UTF8.GetBytes($"answer {n}"), AnswerSeal.For("tester", $"k-{n:0000}"));
            await database.Execute("""
                INSERT INTO idempotent_requests (actor, key, request_hash, status_code, encrypted_body, key_encryption_key_id, created_at)
                VALUES ('tester', $1, '\x00', 201, $2, $3, now())
                """, $"k-{n:0000}", secret.Ciphertext, secret.KeyId);
        }
    }

    private WebApplication Process(string key, string previous, TestDatabase? other = null) => ServiceHost.CreateBuilder([], configuration => configuration.AddInMemoryCollection(
        new Dictionary<string, string?>
        {
            ["CERTCTL_DATABASE_URL"] = (other ?? database).ConnectionString,
            ["CERTCTL_DATABASE_MAX_CONNS"] = "5",
            ["CERTCTL_CONFIG_ENCRYPTION_KEY"] = key,
            ["CERTCTL_CONFIG_ENCRYPTION_KEYS_PREVIOUS"] = previous,
        })).Build();
}
