using Hangfire;
using Microsoft.Extensions.DependencyInjection;

namespace Certctl.IntegrationTests.Acme;

/// <summary>The sweeps as jobs of Hangfire.</summary>
[Collection(RateLimitFleet.Name)]
public sealed class GarbageCollectionJobTests(RateLimitFleet fleet)
{
    private static readonly string[] Sweeps = ["acme-gc-nonces", "acme-gc-authorizations", "acme-gc-orders"];

    [Fact]
    public async Task A_sweep_that_fails_leaves_the_others_alone_and_recovers_at_its_next_turn()
    {
        var account = $"acme-acc-{Guid.NewGuid():N}";
        await fleet.Database.Execute("""
            INSERT INTO acme_authorizations (authz_id, account_id, profile_id, identifier_type, identifier_value, wildcard, status, expires_at, created_at, updated_at)
            VALUES ('acme-authz-' || $1, $1, 'prof-burst', 'dns', 'x.example.test', false, 'pending', now() - interval '1 h', now(), now())
            """, account);
        await fleet.Database.Execute("""
            CREATE FUNCTION break_down() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'the sweep is made to fail'; END $$;
            CREATE TRIGGER breaks_down BEFORE UPDATE ON acme_authorizations FOR EACH ROW EXECUTE FUNCTION break_down()
            """);
        var before = await FailuresAsync();
        try
        {
            var jobs = Sweeps.Select(Trigger).ToList();
            Assert.Equal("Succeeded", await EndOf(jobs[0]));
            Assert.Equal("Failed", await EndOf(jobs[1]));
            Assert.Equal("Succeeded", await EndOf(jobs[2]));
            Assert.Contains("the sweep is made to fail", await fleet.Database.Value<string>(
                "SELECT data ->> 'ExceptionMessage' FROM hangfire.state WHERE jobid = $1 AND name = 'Failed'", jobs[1]), StringComparison.Ordinal);
            await Eventually.Becomes(FailuresAsync, now => now == before with { Authorizations = before.Authorizations + 1 },
                $"one more failure than {before} is counted, of that sweep only");
        }
        finally
        {
            await fleet.Database.Execute("DROP TRIGGER breaks_down ON acme_authorizations; DROP FUNCTION break_down()");
        }

        Assert.Equal("Succeeded", await EndOf(Trigger("acme-gc-authorizations")));
        Assert.Equal("expired", await fleet.Database.Value<string>("SELECT status FROM acme_authorizations WHERE account_id = $1", account));
    }

    [Fact]
    public async Task An_interval_of_zero_removes_the_jobs_and_any_other_brings_them_back()
    {
        Assert.Equal(Sweeps.Order(), await Registered());
        var (replica, _) = await fleet.StartAnotherAsync(("CERTCTL_ACME_SERVER_GC_INTERVAL", "0s"));
        await Eventually.Becomes(Registered, ids => ids.Count == 0, "no sweep is registered");
        await replica.DisposeAsync();
        (replica, _) = await fleet.StartAnotherAsync(("CERTCTL_ACME_SERVER_GC_INTERVAL", "2m"));
        // The last of the three.
        await Eventually.Becomes(() => CronOf("acme-gc-orders"), cron => cron == "*/2 * * * *", "the sweeps are registered again");
        Assert.Equal(Sweeps.Order(), await Registered());
        await replica.DisposeAsync();
        await fleet.RestartAsync(0);
        await Eventually.Becomes(() => CronOf("acme-gc-orders"), cron => cron != "*/2 * * * *", "the fleet has its own interval again");
    }

    [Fact]
    public async Task A_lock_that_a_killed_process_left_behind_keeps_nobody_from_starting()
    {
        const string Lock = "hangfire:lock:recurring-job:acme-retention";
        await fleet.Database.Execute("INSERT INTO hangfire.lock (resource, updatecount, acquired) VALUES ($1, 0, now())", Lock);
        await fleet.Database.Execute("DELETE FROM hangfire.hash WHERE key = 'recurring-job:acme-retention'");
        Replica? replica = null;
        try
        {
            var starting = fleet.StartAnotherAsync(("CERTCTL_ACME_SERVER_GC_INTERVAL", "24h"));
            (replica, _) = await starting.WaitAsync(TimeSpan.FromSeconds(12));
            // It is what the registration waits for, and not this alone.
            Assert.Null(await CronOf("acme-retention"));
        }
        finally
        {
            await fleet.Database.Execute("DELETE FROM hangfire.lock WHERE resource = $1", Lock);
        }

        await Eventually.Becomes(() => CronOf("acme-retention"), cron => cron is not null, "the job is registered once the lock is gone");
        await replica.DisposeAsync();
    }

    [Fact]
    public async Task Every_metric_of_the_go_server_is_exported_by_its_name()
    {
        string[] names =
        [
            .. ((string[])["directory", "new_nonce", "new_account", "update_account", "new_order", "finalize_order", "cert_download", "challenge_respond",
                "key_change", "revoke_cert", "renewal_info"]).SelectMany(n => (string[])[$"{n}_total", $"{n}_failures_total"]),
            "new_account_idempotent_total", "deactivate_account_total", "new_order_rejected_total", "authz_read_total", "challenge_validate_valid_total",
            "challenge_validate_invalid_total", "gc_nonces_reaped_total", "gc_authzs_expired_total", "gc_orders_invalidated_total", "gc_runs_total",
            "gc_run_failures_total",
        ];
        foreach (var id in Sweeps) await EndOf(Trigger(id));
        await Eventually.Becomes(MissingAsync, missing => missing.Length == 0, "every metric is there");

        async Task<string> MissingAsync()
        {
            var metrics = (await fleet.Anonymous().Get("/metrics")).Body;
            return string.Join(' ', names.Where(n => !metrics.Contains($"\ncertctl_acme_{n}{{", StringComparison.Ordinal)));
        }
    }

    private long Trigger(string id) => long.Parse(fleet.Services.GetRequiredService<IRecurringJobManagerV2>().TriggerJob(id), null);

    private Task<string> EndOf(long job) => Eventually.Becomes(
        () => fleet.Database.Value<string>("SELECT statename FROM hangfire.job WHERE id = $1", job), state => state is "Succeeded" or "Failed", $"job {job} has ended");

    private async Task<List<string>> Registered() =>
        [.. (await fleet.Database.Column<string>("SELECT value FROM hangfire.set WHERE key = 'recurring-jobs' AND value LIKE 'acme-gc-%'")).Order()];

    private async Task<string?> CronOf(string id) => (await fleet.Database.Column<string>(
        "SELECT value FROM hangfire.hash WHERE key = 'recurring-job:' || $1 AND field = 'Cron'", id)).SingleOrDefault();

    private async Task<Failures> FailuresAsync()
    {
        var metrics = (await fleet.Anonymous().Get("/metrics")).Body;
        return new Failures(FailuresOf(metrics, "acme-gc-nonces"), FailuresOf(metrics, "acme-gc-authorizations"), FailuresOf(metrics, "acme-gc-orders"));
    }

    private static double FailuresOf(string metrics, string sweep) => metrics.Split('\n')
        .Where(l => l.StartsWith("certctl_acme_gc_run_failures_total{", StringComparison.Ordinal) && l.Contains($"sweep=\"{sweep}\"", StringComparison.Ordinal))
        .Sum(l => double.Parse(l[(l.LastIndexOf('}') + 1)..].Trim().Split(' ')[0], System.Globalization.CultureInfo.InvariantCulture));

    private sealed record Failures(double Nonces, double Authorizations, double Orders);
}
