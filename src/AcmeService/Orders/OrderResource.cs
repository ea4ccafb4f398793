using Certctl.AcmeService.Endpoints;
using Certctl.AcmeService.Protocol;

namespace Certctl.AcmeService.Orders;

/// <summary>An order, and an account's list of orders (RFC 8555 7.1.2.1), by POST-as-GET.</summary>
public sealed class OrderResource(OrderStore orders, TimeProvider time)
{
    private const int PageSize = 100;

    public static void Map(AcmeRoutes routes)
    {
        routes.Post<OrderResource>("order_read", "/order/{id}", KeyUse.Kid, PayloadUse.Empty, (resource, request, token) => resource.ReadAsync(request, token));
        routes.Post<OrderResource>("order_list", "/account/{id}/orders", KeyUse.Kid, PayloadUse.Empty, (resource, request, token) => resource.ListAsync(request, token));
    }

    private async Task<AcmeAnswer> ReadAsync(SignedRequest request, CancellationToken cancellationToken)
    {
        var order = await orders.FindAsync(request.Id, request.Account.Id, request.Profile.Id, cancellationToken);
        return order is null ? Problems.NotFound("order") : order.Answer(200, request.Urls, time.GetUtcNow());
    }

    private async Task<AcmeAnswer> ListAsync(SignedRequest request, CancellationToken cancellationToken)
    {
        if (request.Id != request.Account.Id) return Problems.Unauthorized("An account lists its own orders only.");
        var cursor = CursorOf(request.Jws.Url);
        var ids = await orders.ListAsync(request.Account.Id, cursor, PageSize + 1, cancellationToken);
        var page = ids.Take(PageSize).ToList();
        return AcmeAnswer.Json(200, Wire.Serialize(new OrdersList([.. page.Select(request.Urls.Order)]))) with
        {
            Links = ids.Count > PageSize ? [AcmeAnswer.Link($"{request.Urls.Orders(request.Id)}?cursor={page[^1]}", "next")] : [],
        };
    }

    /// <summary>The url was signed, so the cursor is what the client means; an unknown one lists what sorts after it.</summary>
    private static string CursorOf(string url)
    {
        const string key = "?cursor=";
        var at = url.IndexOf(key, StringComparison.Ordinal);
        return at < 0 ? "" : url[(at + key.Length)..];
    }
}
