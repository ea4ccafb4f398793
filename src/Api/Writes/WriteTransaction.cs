using Certctl.Core.Persistence;

namespace Certctl.Api.Writes;

/// <summary>Around every POST, PATCH and DELETE: one transaction for the rows, the audit event and the idempotency record.
/// A refusal rolls it back; a success is committed before the answer is written, and then the outbox is flushed.</summary>
internal sealed class WriteTransaction : IEndpointFilter
{
    public async ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        var http = context.HttpContext;
        if (!NeedsTransaction(http)) return await next(context);

        var database = http.RequestServices.GetRequiredService<CertctlDbContext>();
        await using var transaction = await database.Database.BeginTransactionAsync(http.RequestAborted);
        var result = await next(context);
        if (StatusOf(result) >= 400) return result;
        await database.SaveChangesAsync(http.RequestAborted);
        // Past the point of no return: a client that leaves must not leave us guessing.
        await transaction.CommitAsync(CancellationToken.None);
        await http.RequestServices.GetRequiredService<Outbox>().FlushAsync(http.RequestAborted);
        return result;
    }

    private static bool NeedsTransaction(HttpContext http) =>
        !HttpMethods.IsGet(http.Request.Method) && !HttpMethods.IsHead(http.Request.Method)
        && http.GetEndpoint()?.Metadata.GetMetadata<WithoutTransactionMetadata>() is null;

    private static int StatusOf(object? result) => result switch
    {
        INestedHttpResult nested => StatusOf(nested.Result),
        IStatusCodeHttpResult { StatusCode: { } status } => status,
        _ => StatusCodes.Status200OK,
    };
}

internal sealed class WithoutTransactionMetadata;

public static class Transactions
{
    /// <summary>For a route that writes nothing to PostgreSQL itself, such as the heartbeat.</summary>
    public static TBuilder WithoutTransaction<TBuilder>(this TBuilder builder) where TBuilder : IEndpointConventionBuilder =>
        builder.WithMetadata(new WithoutTransactionMetadata());
}
