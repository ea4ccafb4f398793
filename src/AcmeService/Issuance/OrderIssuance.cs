using System.Security.Cryptography;
using System.Threading.Channels;
using Certctl.Core.Issuance;
using Npgsql;

namespace Certctl.AcmeService.Issuance;

/// <summary>Issues finalized orders in this process. Those that come together share the statements of <see cref="OrderAcceptance"/>
/// and of the issuance. An order that was accepted and whose process died is a renewal whose lease runs out: the workers' sweep
/// issues it.</summary>
public sealed class OrderIssuance(OrderAcceptance acceptance, RenewalWork work, NpgsqlDataSource database, TimeProvider time, ILogger<OrderIssuance> logger) : BackgroundService
{
    private const int Waiting = 1024;
    private const int BatchSize = 64;

    /// <summary>How long finalize waits before it answers that the order is processing.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    /// <summary>Orders that come within this time share a batch: a dozen round trips to the database, however many there are.</summary>
    private static readonly TimeSpan Gather = TimeSpan.FromMilliseconds(4);

    private readonly Channel<Entry> waiting = Channel.CreateBounded<Entry>(Waiting);

    /// <summary>One batch is signed and written while the next gathers and is accepted: the busier, the larger they get.</summary>
    private readonly SemaphoreSlim turn = new(1);

    /// <summary>Accepts the order unless another finalize was first.</summary>
    /// <returns>The version that was issued; null when another finalize was first, or the issuance failed or takes longer than the
    /// patience: the order's row says how it stands.</returns>
    /// <exception cref="OverloadException">Too many wait already.</exception>
    /// <exception cref="NpgsqlException">The database is away; the order is ready still, or accepted.</exception>
    public async Task<string?> IssueAsync(OrderToIssue order, CancellationToken cancellationToken)
    {
        var entry = new Entry(order, new TaskCompletionSource<string?>(TaskCreationOptions.RunContinuationsAsynchronously));
        if (!waiting.Writer.TryWrite(entry)) throw new OverloadException("Too many orders wait to be issued.");
        try
        {
            return await entry.Done.Task.WaitAsync(Patience, cancellationToken);
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

    public override void Dispose()
    {
        turn.Dispose();
        base.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            while (await waiting.Reader.WaitToReadAsync(stoppingToken))
            {
                await Task.Delay(Gather, time, stoppingToken);
                var batch = new List<Entry>(BatchSize);
                while (batch.Count < BatchSize && waiting.Reader.TryRead(out var entry)) batch.Add(entry);
                if (await AcceptAsync(batch) is not { } accepted) continue;
                await turn.WaitAsync(CancellationToken.None);
                _ = RunAsync(batch, accepted);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // What is signed and written now ends first: the process must not stop between the two without need.
            await turn.WaitAsync(CancellationToken.None);
        }
    }

    private async Task<AcceptedOrders?> AcceptAsync(List<Entry> batch)
    {
        try
        {
            return await acceptance.AcceptAsync(batch.ConvertAll(e => e.Order), CancellationToken.None);
        }
        catch (Exception e)
        {
            foreach (var entry in batch) entry.Done.TrySetException(e);
            return null;
        }
    }

    private async Task RunAsync(List<Entry> batch, AcceptedOrders accepted)
    {
        IReadOnlyDictionary<string, string> versions = new Dictionary<string, string>();
        try
        {
            versions = await work.RunAsync(accepted.Renewals, CancellationToken.None);
        }
        catch (Exception e)
        {
            // The orders stay processing, and their renewals are taken up again.
            logger.LogWarning("Issuance of {Count} orders is left to the sweep: {Reason}", batch.Count, e.Message);
        }
        finally
        {
            turn.Release();
            foreach (var entry in batch)
                entry.Done.TrySetResult(accepted.RenewalIds.TryGetValue(entry.Order, out var renewal) ? versions.GetValueOrDefault(renewal) : null);
        }
    }

    private sealed record Entry(OrderToIssue Order, TaskCompletionSource<string?> Done);
}
