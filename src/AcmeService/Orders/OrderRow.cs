using Certctl.AcmeService.Endpoints;
using Certctl.AcmeService.Protocol;
using Certctl.Core.Domain.Acme;
using Certctl.Core.Persistence;
using Npgsql;

namespace Certctl.AcmeService.Orders;

/// <summary>An order as it stands in the database, and the object that clients see (RFC 8555 7.1.3).</summary>
public sealed record OrderRow(
    string OrderId, AcmeOrderStatus Status, DateTimeOffset ExpiresAt, IReadOnlyList<Identifier> Identifiers, IReadOnlyList<string> AuthorizationIds,
    DateTimeOffset? NotBefore, DateTimeOffset? NotAfter, string? Variant, string? Replaces, string? Error, string? VersionId, string? RenewalId, string? SerialNumber)
{
    /// <summary>How long a client may wait before it looks at an order that is processing.</summary>
    private static readonly TimeSpan PollAfter = TimeSpan.FromSeconds(1);

    public const string Columns =
        "order_id, status, expires_at, identifiers, authorization_ids, not_before, not_after, variant, replaces, error, version_id, renewal_id, serial_number";

    public static OrderRow Read(NpgsqlDataReader reader) => new(
        reader.GetString(0), SnakeCase.FromText<AcmeOrderStatus>(reader.GetString(1)), reader.TimeOf(2), Wire.Identifiers(reader.GetString(3)),
        reader.GetFieldValue<string[]>(4), reader.TimeOrNull(5), reader.TimeOrNull(6), reader.TextOrNull(7), reader.TextOrNull(8),
        reader.TextOrNull(9), reader.TextOrNull(10), reader.TextOrNull(11), reader.TextOrNull(12));

    /// <summary>What has run out counts as invalid, before the garbage collection writes it down.</summary>
    public AcmeOrderStatus StatusAt(DateTimeOffset now) =>
        Status is AcmeOrderStatus.Pending or AcmeOrderStatus.Ready && ExpiresAt <= now ? AcmeOrderStatus.Invalid : Status;

    public AcmeAnswer Answer(int status, AcmeUrls urls, DateTimeOffset now)
    {
        var state = StatusAt(now);
        var order = new Order(
            SnakeCase.ToText(state), ExpiresAt, Identifiers, NotBefore, NotAfter, [.. AuthorizationIds.Select(urls.Authorization)],
            urls.Finalize(OrderId), VersionId is null ? null : urls.Certificate(VersionId), Wire.Problem(Error), Replaces, Variant);
        return AcmeAnswer.Json(status, Wire.Serialize(order)) with
        {
            Location = urls.Order(OrderId),
            RetryAfter = state == AcmeOrderStatus.Processing ? PollAfter : null,
        };
    }
}
