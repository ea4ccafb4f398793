using Certctl.Core.Hosting.Settings;
using Microsoft.AspNetCore.Http.Features;

namespace Certctl.Api.Problems;

/// <summary>Answers 413 to a body that announces itself as too large, once it has been read past: a client that is still
/// sending would otherwise see its connection break instead of the answer. For callers with a valid token only.</summary>
internal sealed class BodySizeLimit(RequestLimitSettings limits, TimeProvider time)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    public async Task InvokeAsync(HttpContext context, RequestDelegate next)
    {
        if (!(context.Request.ContentLength > limits.MaxBodySize) || context.User.Identity is not { IsAuthenticated: true })
        {
            await next(context);
            return;
        }

        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit) limit.MaxRequestBodySize = null;
        await DrainAsync(context);
        await Problem.BodyTooLarge(limits.MaxBodySize).ExecuteAsync(context);
    }

    private async Task DrainAsync(HttpContext context)
    {
        using var patience = new CancellationTokenSource(Patience, time);
        using var until = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, context.RequestAborted);
        try
        {
            await context.Request.Body.CopyToAsync(Stream.Null, until.Token);
        }
        catch (OperationCanceledException)
        {
            // Too slow, or gone: the answer may be lost, and that is all.
        }
    }
}
