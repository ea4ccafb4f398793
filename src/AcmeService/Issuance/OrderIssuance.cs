using System.Security.Cryptography;
using Certctl.Core.Hosting;
using Certctl.Core.Issuance;
using Npgsql;

namespace Certctl.AcmeService.Issuance;

/// <summary>Issues finalized orders in this process; those that come together share statements. Most are signed and written at once
/// (<see cref="OrderCompletion"/>); the others are accepted (<see cref="OrderAcceptance"/>) and then issued as renewals are: when the
/// process dies meanwhile, their lease runs out and the workers' sweep issues them.</summary>
public sealed class OrderIssuance(OrderCompletion completion, OrderAcceptance acceptance, RenewalWork work, NpgsqlDataSource database, TimeProvider time, ILogger<OrderIssuance> logger)
    : Gathering<OrderToIssue, string?>(TimeSpan.FromMilliseconds(1), size: 64, waiting: 1024, atOnce: 4, time)
{
    /// <summary>How long finalize waits before it answers how the order stands: ready still, or processing.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    /// <summary>Issues the order unless another finalize was first.</summary>
    /// <returns>The version that was issued; null when another finalize was first, or the issuance failed or takes longer than the
    /// patience: the order's row says how it stands.</returns>
    /// <exception cref="OverloadException">Too many wait already.</exception>
    /// <exception cref="NpgsqlException">The database is away; the order is ready still, accepted, or valid.</exception>
    public async Task<string?> IssueAsync(OrderToIssue order, CancellationToken cancellationToken)
    {
        try
        {
            return await GatherAsync(order).WaitAsync(Patience, cancellationToken);
        }
        catch (TimeoutException)
        {
            // The client asks again.
            return null;
        }
    }

    /// <summary>Whether the order was finalized with this very CSR.</summary>
    public async Task<bool> WasForAsync(string orderId, byte[] csr, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand("SELECT r.csr_pem FROM acme_orders o JOIN renewals r ON r.id = o.renewal_id WHERE o.order_id = $1");
        command.Parameters.Text(orderId);
        return await command.ExecuteScalarAsync(cancellationToken) is string pem && pem == PemEncoding.WriteString("CERTIFICATE REQUEST", csr);
    }

    protected override async Task<IReadOnlyList<string?>> AnswerAsync(IReadOnlyList<OrderToIssue> items)
    {
        // Those of a turn that failed half-way have their version already.
        await completion.CompleteAsync([.. items.Where(o => o.VersionId is null)]);
        var left = items.Where(o => o.VersionId is null).ToList();
        if (left.Count > 0) await AcceptAsync(left, isAll: left.Count == items.Count);
        return [.. items.Select(o => o.VersionId)];
    }

    private async Task AcceptAsync(List<OrderToIssue> orders, bool isAll)
    {
        AcceptedOrders accepted;
        try
        {
            accepted = await acceptance.AcceptAsync(orders, CancellationToken.None);
        }
        catch (Exception e) when (!isAll && (e is not PostgresException || Outage.IsOfDatabaseOrTimeOut(e)))
        {
            // Those that are issued are told so; the others are ready still, or accepted, and their rows say which.
            logger.LogWarning("{Count} orders were not accepted: {Reason}", orders.Count, e.Message);
            return;
        }

        var versions = await RunAsync(accepted.Renewals);
        foreach (var (order, renewalId) in accepted.RenewalIds) order.VersionId = versions.GetValueOrDefault(renewalId);
    }

    private async Task<IReadOnlyDictionary<string, string>> RunAsync(ClaimedRenewals renewals)
    {
        try
        {
            return await work.RunAsync(renewals, CancellationToken.None);
        }
        catch (Exception e)
        {
            // The orders stay processing, and their renewals are taken up again.
            logger.LogWarning("Issuance of {Count} orders is left to the sweep: {Reason}", renewals.Requests.Count, e.Message);
            return new Dictionary<string, string>();
        }
    }
}
