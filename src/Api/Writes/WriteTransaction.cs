using Certctl.Core.Persistence;

namespace Certctl.Api.Writes;

/// <summary>Around every POST, PATCH and DELETE: one transaction for the rows, the audit event and the idempotency record.
/// A refusal rolls it back; a success is committed before the answer is written, and then the outbox is flushed.</summary>
internal sealed class WriteTransaction : IEndpointFilter
{
    public ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        var http = context.HttpContext;
        return HttpMethods.IsGet(http.Request.Method) || HttpMethods.IsHead(http.Request.Method) || Has<WithoutTransactionMetadata>(http)
            ? next(context)
            : RunAsync(context, next);
    }

    private static async ValueTask<object?> RunAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        var http = context.HttpContext;
        var database = http.RequestServices.GetRequiredService<CertctlDbContext>();
        var idempotency = http.RequestServices.GetRequiredService<Idempotency>();
        var key = HttpMethods.IsPost(http.Request.Method) && !Has<WithoutIdempotencyMetadata>(http)
            ? await IdempotencyKey.OfAsync(http, http.RequestAborted)
            : null;
        await using var transaction = await database.Database.BeginTransactionAsync(http.RequestAborted);
        if (key is not null && await idempotency.BeginAsync(key, http.RequestAborted) is { } known) return known;
        var result = await next(context);
        if (StatusOf(result) >= 400) return result;
        if (key is not null && result is IResult answer) result = await idempotency.KeepAsync(key, http, answer);
        await database.SaveChangesAsync(http.RequestAborted);
        // Past the point of no return: a client that leaves must not leave us guessing.
        await transaction.CommitAsync(CancellationToken.None);
        await http.RequestServices.GetRequiredService<Outbox>().FlushAsync(http.RequestAborted);
        return result;
    }

    private static bool Has<TMetadata>(HttpContext http) where TMetadata : class => http.GetEndpoint()?.Metadata.GetMetadata<TMetadata>() is not null;

    private static int StatusOf(object? result) => result switch
    {
        INestedHttpResult nested => StatusOf(nested.Result),
        IStatusCodeHttpResult { StatusCode: { } status } => status,
        _ => StatusCodes.Status200OK,
    };
}

internal sealed class WithoutTransactionMetadata;

internal sealed class WithoutIdempotencyMetadata;

public static class Transactions
{
    /// <summary>For a route that writes nothing to PostgreSQL itself, such as the heartbeat.</summary>
    public static TBuilder WithoutTransaction<TBuilder>(this TBuilder builder) where TBuilder : IEndpointConventionBuilder =>
        builder.WithMetadata(new WithoutTransactionMetadata());

    /// <summary>For a POST whose answer must not be kept, such as one that hands out a private key.</summary>
    public static TBuilder WithoutIdempotency<TBuilder>(this TBuilder builder) where TBuilder : IEndpointConventionBuilder =>
        builder.WithMetadata(new WithoutIdempotencyMetadata());
}
