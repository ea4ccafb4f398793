using Certctl.Api.Problems;
using Certctl.Core.Pki;

namespace Certctl.Api.Pki;

/// <summary>What relying parties hear while PostgreSQL is away: that it will pass, each in its own protocol's words.</summary>
internal sealed class DatabaseOutage(ILogger<DatabaseOutage> logger) : IEndpointFilter
{
    public async ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        try
        {
            return await next(context);
        }
        catch (Exception e) when (DatabaseFailure.In(e) is not null)
        {
            logger.LogWarning("{Path} could not be answered: {Reason}", context.HttpContext.Request.Path, e.Message);
            return context.HttpContext.GetEndpoint()?.Metadata.GetMetadata<AnswersOcsp>() is not null
                ? PkiEndpoints.Answer(OcspResponder.TryLater)
                : Problem.Unavailable("PostgreSQL does not answer.");
        }
    }
}

/// <summary>Marks a route whose refusals are OCSP responses too.</summary>
internal sealed class AnswersOcsp;
