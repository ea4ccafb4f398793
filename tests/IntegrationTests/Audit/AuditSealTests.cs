using Certctl.Core.Auditing;
using Certctl.Core.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Certctl.IntegrationTests.Audit;

public sealed class AuditSealTests
{
    [Fact]
    public async Task Ranges_follow_one_another_and_match_what_is_there()
    {
        await using var trail = await AuditTrailDatabase.CreateAsync();
        await trail.WriteAsync(10);
        Assert.Equal([(1, 10, 10)], await trail.SealAsync());
        Assert.Empty(await trail.SealAsync());
        await trail.WriteAsync(5);
        Assert.Equal(5, (await trail.VerifyAsync()).UnsealedEvents);
        Assert.Equal([(11, 15, 5)], await trail.SealAsync());
        var verdict = await trail.VerifyAsync();
        Assert.Equal((2, 15, 15, 0), (verdict.Seals, verdict.Events, verdict.ToSequence!.Value, verdict.UnsealedEvents));
        Assert.Null(verdict.FirstMismatch);
        Assert.Equal(1, (await trail.VerifyAsync(from: 11)).Seals);
    }

    [Theory]
    [InlineData("UPDATE audit_events SET actor = 'somebody else' WHERE id = 12", "changed")]
    [InlineData("UPDATE audit_events SET details = '{}' WHERE id = 12", "changed")]
    [InlineData("UPDATE audit_events SET timestamp = timestamp + interval '1 microsecond' WHERE id = 12", "changed")]
    [InlineData("DELETE FROM audit_events WHERE id = 12", "5 events were sealed, and 4")]
    [InlineData("UPDATE audit_seals SET count = 4 WHERE from_sequence = 11", "not the one that was made")]
    [InlineData("UPDATE audit_seals SET sealed_at = sealed_at - interval '1 day' WHERE from_sequence = 11", "not the one that was made")]
    [InlineData("DELETE FROM audit_seals WHERE from_sequence = 11", "missing")]
    [InlineData("DELETE FROM audit_seal_keys", "key")]
    public async Task What_was_tampered_with_is_named_by_its_range(string sql, string reason)
    {
        await using var trail = await AuditTrailDatabase.CreateAsync();
        foreach (var events in (int[])[10, 5, 3])
        {
            await trail.WriteAsync(events);
            Assert.Single(await trail.SealAsync());
        }

        Assert.Null((await trail.VerifyAsync()).FirstMismatch);
        await trail.TamperAsync(sql);
        var mismatch = (await trail.VerifyAsync()).FirstMismatch!;
        Assert.Contains(reason, mismatch.Reason, StringComparison.Ordinal);
        if (reason != "key") Assert.Equal((11, 15), (mismatch.FromSequence, mismatch.ToSequence));
        var output = new StringWriter();
        Assert.Equal(1, await Commands.RunAsync(trail.Services, ["verify-audit"], output, TestContext.Current.CancellationToken));
        Assert.Contains("do not match", output.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Who_recomputes_the_hashes_without_the_key_is_found_out()
    {
        await using var trail = await AuditTrailDatabase.CreateAsync();
        await trail.WriteAsync(3);
        await trail.SealAsync();
        await trail.TamperAsync("UPDATE audit_events SET actor = 'somebody else' WHERE id = 2");
        await using var connection = await Open(trail);
        var (_, hash) = await AuditRange.HashAsync(connection, 1, 3, TestContext.Current.CancellationToken);
        await trail.TamperAsync($"UPDATE audit_seals SET events_hash = '\\x{Convert.ToHexString(hash)}'");
        Assert.NotNull((await trail.VerifyAsync()).FirstMismatch);
    }

    [Fact]
    public async Task An_end_that_was_cut_off_is_found_by_a_seal_that_was_kept_elsewhere()
    {
        await using var trail = await AuditTrailDatabase.CreateAsync();
        await trail.WriteAsync(3);
        await trail.SealAsync();
        await trail.WriteAsync(3);
        await trail.SealAsync();
        var kept = await trail.Database.Value<byte[]>("SELECT seal FROM audit_seals ORDER BY from_sequence DESC LIMIT 1");
        Assert.Null((await trail.VerifyAsync(knownSeal: kept)).FirstMismatch);
        await trail.TamperAsync("DELETE FROM audit_seals WHERE from_sequence = 4");
        await trail.TamperAsync("DELETE FROM audit_events WHERE id >= 4");
        Assert.Null((await trail.VerifyAsync()).FirstMismatch);
        Assert.Contains("known seal", (await trail.VerifyAsync(knownSeal: kept)).FirstMismatch!.Reason, StringComparison.Ordinal);
        var output = new StringWriter();
        Assert.Equal(1, await Commands.RunAsync(trail.Services, ["verify-audit", Convert.ToHexString(kept)], output, TestContext.Current.CancellationToken));
    }

    [Theory]
    [InlineData("UPDATE audit_seals SET from_sequence = from_sequence - 15, to_sequence = to_sequence - 15")]
    [InlineData("UPDATE audit_seals SET from_sequence = from_sequence - 1000, to_sequence = to_sequence - 1000")]
    public async Task Seals_that_were_moved_out_of_the_way_neither_carry_new_ones_nor_count_as_found(string moved)
    {
        await using var trail = await AuditTrailDatabase.CreateAsync();
        foreach (var events in (int[])[10, 5])
        {
            await trail.WriteAsync(events);
            Assert.Single(await trail.SealAsync());
        }

        var kept = await trail.Database.Value<byte[]>("SELECT seal FROM audit_seals ORDER BY from_sequence DESC LIMIT 1");
        await trail.TamperAsync("UPDATE audit_events SET actor = 'somebody else' WHERE id = 12");
        await trail.TamperAsync(moved);
        await Assert.ThrowsAsync<InvalidOperationException>(() => trail.SealAsync());
        Assert.Contains("moved", (await trail.VerifyAsync(knownSeal: kept)).FirstMismatch!.Reason, StringComparison.Ordinal);
        await FindsAsync(trail, kept);
    }

    [Fact]
    public async Task Whoever_deletes_the_newest_seals_and_has_the_events_sealed_again_is_found_by_a_seal_that_was_kept_elsewhere()
    {
        await using var trail = await AuditTrailDatabase.CreateAsync();
        foreach (var events in (int[])[10, 5])
        {
            await trail.WriteAsync(events);
            Assert.Single(await trail.SealAsync());
        }

        var kept = await trail.Database.Value<byte[]>("SELECT seal FROM audit_seals ORDER BY from_sequence DESC LIMIT 1");
        await trail.TamperAsync("DELETE FROM audit_seals WHERE from_sequence = 11");
        await trail.TamperAsync("UPDATE audit_events SET actor = 'somebody else' WHERE id = 12");
        Assert.Equal([(11, 15, 5)], await trail.SealAsync());
        Assert.Null((await trail.VerifyAsync()).FirstMismatch);
        await FindsAsync(trail, kept);
        // A copy of the row at the end of the chain, behind which nothing was looked at before.
        await trail.TamperAsync($"INSERT INTO audit_seals SELECT 1001, 1005, count, events_hash, '\\x{Convert.ToHexString(kept)}', key_id, sealed_at FROM audit_seals WHERE from_sequence = 11");
        Assert.False((await trail.VerifyAsync(knownSeal: kept)).KnownSealVerified);
        await FindsAsync(trail, kept);
    }

    [Fact]
    public async Task A_known_seal_is_verified_by_the_call_that_walks_over_it()
    {
        await using var trail = await AuditTrailDatabase.CreateAsync();
        foreach (var events in (int[])[10, 5])
        {
            await trail.WriteAsync(events);
            Assert.Single(await trail.SealAsync());
        }

        var first = await trail.Database.Value<byte[]>("SELECT seal FROM audit_seals WHERE from_sequence = 1");
        Assert.Null((await trail.VerifyAsync()).KnownSealVerified);
        Assert.True((await trail.VerifyAsync(knownSeal: first)).KnownSealVerified);
        var later = await trail.VerifyAsync(from: 11, knownSeal: first);
        Assert.Null(later.FirstMismatch);
        Assert.False(later.KnownSealVerified);
    }

    [Fact]
    public async Task An_event_before_the_first_id_is_found()
    {
        await using var trail = await AuditTrailDatabase.CreateAsync();
        await trail.WriteAsync(3);
        await trail.SealAsync();
        await trail.TamperAsync("""
            INSERT INTO audit_events (id, actor, actor_type, action, resource_type, resource_id, details, timestamp) OVERRIDING SYSTEM VALUE
            SELECT -7, actor, actor_type, action, resource_type, resource_id, details, timestamp FROM audit_events WHERE id = 3
            """);
        var mismatch = (await trail.VerifyAsync()).FirstMismatch!;
        Assert.Equal((-7, 0), (mismatch.FromSequence, mismatch.ToSequence));
    }

    [Fact]
    public async Task A_transaction_that_commits_late_is_waited_for_and_holds_up_no_writer()
    {
        await using var trail = await AuditTrailDatabase.CreateAsync();
        await trail.WriteAsync(2);
        await using var late = await Open(trail);
        await using var transaction = await late.BeginTransactionAsync(TestContext.Current.CancellationToken);
        await using (var insert = new NpgsqlCommand(AuditTrailDatabase.Insert, late)) await insert.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
        // Drawn after it and seen before it.
        await trail.WriteAsync(2);
        Assert.Equal(0, await trail.Database.Value<long>("SELECT count(*) FROM audit_events WHERE id = 3"));
        Assert.Empty(await trail.SealAsync(TimeSpan.FromMilliseconds(300)));

        var sealing = trail.SealAsync(TimeSpan.FromSeconds(30));
        // Written while the sealing waits, and not waited for by it.
        await trail.WriteAsync(2);
        Assert.False(sealing.IsCompleted);
        await transaction.CommitAsync(TestContext.Current.CancellationToken);
        var first = Assert.Single(await sealing);
        Assert.Equal(1, first.From);
        Assert.InRange(first.To, 5, 7);
        await trail.SealAsync();
        var verdict = await trail.VerifyAsync();
        Assert.Null(verdict.FirstMismatch);
        Assert.Equal((7, 0), (verdict.Events, verdict.UnsealedEvents));
    }

    [Fact]
    public async Task A_transaction_that_is_rolled_back_leaves_a_gap_that_is_no_loss()
    {
        await using var trail = await AuditTrailDatabase.CreateAsync();
        await trail.WriteAsync(1);
        await using (var undone = await Open(trail))
        await using (var transaction = await undone.BeginTransactionAsync(TestContext.Current.CancellationToken))
        await using (var insert = new NpgsqlCommand(AuditTrailDatabase.Insert, undone))
            await insert.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
        await trail.WriteAsync(1);
        Assert.Equal([(1, 3, 2)], await trail.SealAsync());
        Assert.Null((await trail.VerifyAsync()).FirstMismatch);
    }

    [Fact]
    public async Task Writers_and_sealers_at_once_leave_a_chain_that_matches()
    {
        await using var trail = await AuditTrailDatabase.CreateAsync();
        var writers = Enumerable.Range(0, 4).Select(async _ =>
        {
            for (var n = 0; n < 50; n++) await trail.WriteAsync(3);
        }).ToList();
        var sealers = Enumerable.Range(0, 2).Select(async _ =>
        {
            for (var n = 0; n < 10; n++) await trail.SealAsync(TimeSpan.FromSeconds(10));
        });
        await Task.WhenAll([.. writers, .. sealers]);
        await trail.SealAsync();
        var verdict = await trail.VerifyAsync();
        Assert.Null(verdict.FirstMismatch);
        Assert.Equal((600, 0), (verdict.Events, verdict.UnsealedEvents));
    }

    [Theory]
    [InlineData("warn")]
    [InlineData("error")]
    public async Task Seals_are_logged_at_any_level(string level)
    {
        await using var trail = await AuditTrailDatabase.CreateAsync(level);
        Assert.True(trail.Services.GetRequiredService<ILogger<AuditSealing>>().IsEnabled(LogLevel.Information));
        Assert.False(trail.Services.GetRequiredService<ILogger<AuditVerification>>().IsEnabled(LogLevel.Information));
    }

    private static async Task FindsAsync(AuditTrailDatabase trail, byte[] knownSeal) => Assert.Equal(1, await Commands.RunAsync(
        trail.Services, ["verify-audit", Convert.ToHexString(knownSeal)], TextWriter.Null, TestContext.Current.CancellationToken));

    private static async Task<NpgsqlConnection> Open(AuditTrailDatabase trail)
    {
        var connection = new NpgsqlConnection(trail.Database.ConnectionString);
        await connection.OpenAsync(TestContext.Current.CancellationToken);
        return connection;
    }
}
