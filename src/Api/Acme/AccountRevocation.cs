using Certctl.Core.Domain.Acme;
using Certctl.Core.Persistence;
using Microsoft.EntityFrameworkCore;

namespace Certctl.Api.Acme;

/// <summary>What a revoked account leaves behind: orders that can still be ended end, and nothing more is authorized. One that is
/// processing has asked for its certificate already, and gets it.</summary>
internal sealed class AccountRevocation(CertctlDbContext context, TimeProvider time)
{
    // RFC 8555 6.7; the client finds it in its order.
    private static readonly string Error = JsonText.Of(new
    {
        Type = "urn:ietf:params:acme:error:unauthorized",
        Status = 403,
        Detail = "The account was revoked by an operator.",
    });

    /// <summary>Ends the work of an account whose row the caller has locked. Orders are locked by id and before authorizations, as
    /// in validation and finalize, so that none can deadlock with another.</summary>
    public async Task<(int Orders, int Authorizations)> EndWorkAsync(string accountId, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        await context.Database.ExecuteSqlAsync(
            $"SELECT 1 FROM acme_orders WHERE account_id = {accountId} AND is_open AND status IN ('pending', 'ready') ORDER BY order_id FOR UPDATE", cancellationToken);
        var orders = await context.AcmeOrders
            .Where(o => o.AccountId == accountId && o.IsOpen && (o.Status == AcmeOrderStatus.Pending || o.Status == AcmeOrderStatus.Ready))
            .ExecuteUpdateAsync(s => s.SetProperty(o => o.Status, AcmeOrderStatus.Invalid).SetProperty(o => o.Error, Error)
                .SetProperty(o => o.UpdatedAt, now), cancellationToken);
        var authorizations = await context.AcmeAuthorizations
            .Where(a => a.AccountId == accountId && a.Status == AcmeAuthorizationStatus.Pending)
            .ExecuteUpdateAsync(s => s.SetProperty(a => a.Status, AcmeAuthorizationStatus.Deactivated).SetProperty(a => a.UpdatedAt, now), cancellationToken);
        return (orders, authorizations);
    }
}
