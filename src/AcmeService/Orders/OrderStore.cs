using Npgsql;

namespace Certctl.AcmeService.Orders;

/// <summary>Reads orders: only their own account's, only at their own profile.</summary>
public sealed class OrderStore(NpgsqlDataSource database)
{
    public async Task<OrderRow?> FindAsync(string orderId, string accountId, string profileId, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(
            $"SELECT {OrderRow.Columns} FROM acme_orders WHERE order_id = $1 AND account_id = $2 AND profile_id = $3");
        command.Parameters.Text(orderId).Text(accountId).Text(profileId);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        return await reader.ReadAsync(cancellationToken) ? OrderRow.Read(reader) : null;
    }

    /// <summary>The order, and whether any account has the key of this thumbprint.</summary>
    public async Task<(OrderRow? Order, bool IsAccountKey)> FindAsync(
        string orderId, string accountId, string profileId, string jwkThumbprint, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand($"""
            SELECT {OrderRow.Columns}, EXISTS (SELECT 1 FROM acme_accounts WHERE jwk_thumbprint = $4)
            FROM acme_orders WHERE order_id = $1 AND account_id = $2 AND profile_id = $3
            """);
        command.Parameters.Text(orderId).Text(accountId).Text(profileId).Text(jwkThumbprint);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        return await reader.ReadAsync(cancellationToken) ? (OrderRow.Read(reader), reader.GetBoolean(reader.FieldCount - 1)) : (null, false);
    }

    /// <summary>Ids of the account's orders that are not invalid (RFC 8555 7.1.2.1), oldest first.</summary>
    public async Task<List<string>> ListAsync(string accountId, string after, int limit, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand("""
            SELECT order_id FROM acme_orders WHERE account_id = $1 AND order_id > $2 AND status <> 'invalid' ORDER BY order_id LIMIT $3
            """);
        command.Parameters.Text(accountId).Text(after).Number(limit);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var ids = new List<string>();
        while (await reader.ReadAsync(cancellationToken)) ids.Add(reader.GetString(0));
        return ids;
    }
}
