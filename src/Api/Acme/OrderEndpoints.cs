using Certctl.Api.Access;
using Certctl.Api.Paging;
using Certctl.Api.Problems;
using Certctl.Core.Domain.Acme;
using Certctl.Core.Persistence;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;

namespace Certctl.Api.Acme;

/// <summary>The operators' view of ACME orders.</summary>
internal static class OrderEndpoints
{
    // Ids sort by creation: the newest come first.
    private static readonly Sorting<AcmeOrder> Newest = new Sorting<AcmeOrder>(o => o.OrderId, "-order_id").By("order_id", o => o.OrderId);

    public static void MapAcmeOrders(this IEndpointRouteBuilder api)
    {
        var group = api.MapGroup("/acme/orders").WithTags("ACME").RequireAuthorization(Policies.Viewer);
        group.MapGet("/", ListAsync).WithSummary("List ACME orders, newest first");
        group.MapGet("/{id}", GetAsync).WithSummary("Read an ACME order");
    }

    private static async Task<Ok<Page<AcmeOrderView>>> ListAsync([AsParameters] OrderQuery query, CertctlDbContext context, CancellationToken cancellationToken) =>
        TypedResults.Ok(await Newest.PageAsync(query.Filter(context.AcmeOrders), query, AcmeOrderView.Of, cancellationToken));

    private static async Task<Results<Ok<AcmeOrderView>, ProblemResult>> GetAsync(string id, CertctlDbContext context, CancellationToken cancellationToken)
    {
        var order = await context.AcmeOrders.AsNoTracking().SingleOrDefaultAsync(o => o.OrderId == id, cancellationToken);
        return order is null ? Problem.NotFound("ACME order", id) : TypedResults.Ok(AcmeOrderView.Of(order));
    }
}
