namespace Certctl.Chaos.Books;

/// <summary>Every ACME order that was accepted is valid, and has exactly one certificate: what fails in a fault is tried again.</summary>
internal sealed class OrderBook : IBook
{
    private const string Orders = """
        SELECT o.order_id, o.status, count(v.id)
        FROM acme_orders o LEFT JOIN renewals r ON r.acme_order_id = o.order_id LEFT JOIN certificate_versions v ON v.renewal_id = r.id
        WHERE o.order_id = ANY($1) GROUP BY o.order_id
        """;

    public async Task<IReadOnlyList<string>> FindingsAsync(Entries entries, CancellationToken cancellationToken)
    {
        var findings = new List<string>();
        string[] accepted = [.. entries.Load.Orders.Accepted.Select(o => o.Id)];
        var known = await entries.Database.RowsAsync(Orders, row =>
        {
            var (id, status, certificates) = (row.GetString(0), row.GetString(1), row.GetInt64(2));
            if (status != "valid") findings.Add($"order {id} is {status}");
            if (certificates != (status == "valid" ? 1 : 0)) findings.Add($"order {id} is {status} and has {certificates} certificates");
            return id;
        }, cancellationToken, (object)accepted);
        findings.AddRange(accepted.Except(known).Select(id => $"order {id} was accepted and is not there"));
        return findings;
    }
}
