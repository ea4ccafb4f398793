using System.Diagnostics.Metrics;
using Certctl.Core.Hosting;
using Certctl.Core.Renewals;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Certctl.Core.Issuance;

/// <summary>Works on renewals: claim, issue, write. Safe to call twice with the same ids, from any replica, and to be
/// killed between any two steps: what was claimed and not written is claimed again once the lease has run out.</summary>
public sealed class RenewalWork
{
    private static readonly Counter<long> Outcomes = Telemetry.Meter.CreateCounter<long>(
        "certctl.renewals", "{renewal}", "Renewals by outcome of an attempt.");

    private static readonly Histogram<int> ClaimSizes = Telemetry.Meter.CreateHistogram<int>(
        "certctl.renewal.claim_size", "{renewal}", "Renewals claimed by one message.",
        advice: new InstrumentAdvice<int> { HistogramBucketBoundaries = [1, 10, 50, 100, 150, 200, 250] });

    private readonly RenewalClaims claims;
    private readonly IssuanceContexts contexts;
    private readonly CertificateIssuer issuer;
    private readonly IssuanceWriter writer;
    private readonly TimeProvider time;
    private readonly ILogger<RenewalWork> logger;

    internal RenewalWork(
        RenewalClaims claims, IssuanceContexts contexts, CertificateIssuer issuer, IssuanceWriter writer, TimeProvider time, ILogger<RenewalWork> logger) =>
        (this.claims, this.contexts, this.issuer, this.writer, this.time, this.logger) = (claims, contexts, issuer, writer, time, logger);

    /// <summary>Takes each of these renewals that is pending one step: to completed, failed, or its next attempt.</summary>
    public async Task RunAsync(IReadOnlyList<string> renewalIds, CancellationToken cancellationToken)
    {
        var lease = Guid.NewGuid();
        await RunAsync(new ClaimedRenewals(lease, await claims.ClaimAsync(renewalIds, lease, cancellationToken)), cancellationToken);
    }

    /// <summary>The same for renewals that were claimed as they were created.</summary>
    /// <returns>The versions issued, by renewal id.</returns>
    public async Task<IReadOnlyDictionary<string, string>> RunAsync(ClaimedRenewals renewals, CancellationToken cancellationToken)
    {
        var (lease, claimed) = renewals;
        if (claimed.Count == 0) return new Dictionary<string, string>();
        ClaimSizes.Record(claimed.Count);
        try
        {
            return await IssueAsync(lease, claimed, cancellationToken);
        }
        catch (Exception e) when (Outage.IsOfDatabase(e) && !cancellationToken.IsCancellationRequested)
        {
            // Best effort, then the retry of the message; while the database itself is away the lease runs out instead. Anything
            // else, a time-out too, counts as an attempt when the lease runs out, so that work which always throws fails in the end.
            await claims.ReleaseAsync(lease, [.. claimed.Select(c => c.RenewalId)], e.Message, cancellationToken);
            throw;
        }
    }

    private async Task<IReadOnlyDictionary<string, string>> IssueAsync(Guid lease, IReadOnlyList<IssuanceRequest> claimed, CancellationToken cancellationToken)
    {
        var loaded = await contexts.LoadAsync(claimed, cancellationToken);
        var issuing = Task.Run(() => issuer.Issue(claimed, loaded), cancellationToken);
        await KeepLeaseWhileAsync(issuing, lease, claimed.Count, cancellationToken);
        var results = await issuing;
        var completed = await writer.WriteAsync(lease, results, cancellationToken);
        CountCompleted(completed.Count);
        Outcomes.Add(results.Count(r => r.Error is not null), new KeyValuePair<string, object?>("outcome", "failed"));
        return results.Where(r => completed.Contains(r.Request.RenewalId)).ToDictionary(r => r.Request.RenewalId, r => r.Version!.Id);
    }

    /// <summary>Counts renewals that were written as completed, by whomever.</summary>
    public static void CountCompleted(int renewals) => Outcomes.Add(renewals, new KeyValuePair<string, object?>("outcome", "completed"));

    private async Task KeepLeaseWhileAsync(Task work, Guid lease, int renewals, CancellationToken cancellationToken)
    {
        while (await Task.WhenAny(work, Task.Delay(RenewalSettings.Lease / 3, time, cancellationToken)) != work)
        {
            try
            {
                await claims.ExtendAsync(lease, cancellationToken);
            }
            catch (NpgsqlException e)
            {
                // The work goes on: whether the claim still stands is looked at when it is written.
                logger.LogWarning("The lease of {Count} renewals was not extended: {Reason}", renewals, e.Message);
            }
        }
    }
}
