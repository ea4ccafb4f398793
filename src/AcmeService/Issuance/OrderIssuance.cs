using System.Security.Cryptography;
using Certctl.Core.Issuance;
using Npgsql;

namespace Certctl.AcmeService.Issuance;

/// <summary>Issues finalized orders in this process. Those that come together share the statements of <see cref="OrderAcceptance"/>
/// and of the issuance; while some are signed and written, the next are accepted. An order that was accepted and whose process died
/// is a renewal whose lease runs out: the workers' sweep issues it.</summary>
public sealed class OrderIssuance(OrderCompletion completion, OrderAcceptance acceptance, RenewalWork work, NpgsqlDataSource database, TimeProvider time, ILogger<OrderIssuance> logger)
    : Gathering<OrderToIssue, string?>(TimeSpan.FromMilliseconds(1), size: 64, waiting: 1024, atOnce: 4, time)
{
    /// <summary>How long finalize waits before it answers that the order is processing.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    /// <summary>Accepts the order unless another finalize was first.</summary>
    /// <returns>The version that was issued; null when another finalize was first, or the issuance failed or takes longer than the
    /// patience: the order's row says how it stands.</returns>
    /// <exception cref="OverloadException">Too many wait already.</exception>
    /// <exception cref="NpgsqlException">The database is away; the order is ready still, or accepted.</exception>
    public async Task<string?> IssueAsync(OrderToIssue order, CancellationToken cancellationToken)
    {
        try
        {
            return await GatherAsync(order).WaitAsync(Patience, cancellationToken);
        }
        catch (TimeoutException)
        {
            // The client polls.
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
        var completed = await completion.CompleteAsync(items, CancellationToken.None);
        var left = items.Where(o => !completed.ContainsKey(o)).ToList();
        if (left.Count == 0) return [.. items.Select(o => completed[o].Id)];
        var accepted = await acceptance.AcceptAsync(left, CancellationToken.None);
        var versions = await RunAsync(accepted.Renewals);
        return [.. items.Select(o => completed.TryGetValue(o, out var version) ? version.Id
            : accepted.RenewalIds.TryGetValue(o, out var renewal) ? versions.GetValueOrDefault(renewal) : null)];
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
