using System.Text;
using Certctl.Api.Access;
using Certctl.Api.Problems;
using Certctl.Core.Domain;
using Certctl.Core.Domain.Access;
using Certctl.Core.Domain.Renewals;
using Certctl.Core.Persistence;
using Microsoft.AspNetCore.Http.Features;

namespace Certctl.Api;

/// <summary>Takes the way of a bulk renewal once before the first client may connect: the first request after a start would
/// else wait for a third of a second while queries are compiled. Writes nothing: a dry run, and an insert that is rolled back.</summary>
internal sealed class WarmUp(IServiceScopeFactory scopes, TimeProvider time, ILogger<WarmUp> logger) : IHostedService
{
    private static readonly Caller Nobody = new("warm-up", "warm-up", Role.Operator);

    /// <summary>Where the routes are; set when they are mapped, before the hosted services start.</summary>
    public IEndpointRouteBuilder? Routes { get; set; }

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        var started = time.GetTimestamp();
        try
        {
            await DryRunAsync("""{"team_id":"t-warm-up","issuer_id":"iss-warm-up"}""");
            await DryRunAsync("""{"environment":"warm-up","expires_before":"2000-01-01T00:00:00Z"}""");
            await RolledBackInsertAsync(cancellationToken);
        }
        catch (Exception e) when (DatabaseFailure.In(e) is not null)
        {
            logger.LogWarning("Not warmed up: {Reason}", e.Message);
            return;
        }

        logger.LogInformation("Warmed up in {Milliseconds} ms", (int)time.GetElapsedTime(started).TotalMilliseconds);
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private async Task DryRunAsync(string json)
    {
        var endpoint = Routes?.DataSources.SelectMany(source => source.Endpoints).OfType<RouteEndpoint>()
            .FirstOrDefault(e => e.RoutePattern.RawText?.EndsWith("/certificates/bulk-renew", StringComparison.Ordinal) == true);
        if (endpoint?.RequestDelegate is not { } handle) return;
        await using var scope = scopes.CreateAsyncScope();
        var http = new DefaultHttpContext { RequestServices = scope.ServiceProvider, User = CallerPrincipal.Of(Nobody) };
        var body = Encoding.UTF8.GetBytes(json);
        http.Features.Set<IHttpRequestBodyDetectionFeature>(new HasBody());
        http.SetEndpoint(endpoint);
        http.Request.Method = HttpMethods.Post;
        http.Request.Path = "/api/v1/certificates/bulk-renew";
        http.Request.QueryString = new QueryString("?dry_run=true");
        http.Request.ContentType = "application/json";
        http.Request.ContentLength = body.Length;
        http.Request.Body = new MemoryStream(body);
        http.Response.Body = Stream.Null;
        await handle(http);
    }

    private async Task RolledBackInsertAsync(CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        var context = scope.ServiceProvider.GetRequiredService<CertctlDbContext>();
        await using var transaction = await context.Database.BeginTransactionAsync(cancellationToken);
        var now = time.GetUtcNow();
        context.BulkRenewals.Add(new BulkRenewal
        {
            Id = Identifiers.New("br", time),
            Criteria = new CertificateCriteria { Environment = Nobody.Actor },
            RequestedBy = Nobody.Actor,
            CreatedAt = now,
        });
        context.AuditEvents.Add(new AuditEvent
        {
            Actor = Nobody.Actor,
            ActorType = "system",
            Action = "warm_up",
            ResourceType = "bulk_renewal",
            ResourceId = Nobody.Actor,
            Timestamp = now,
        });
        await context.SaveChangesAsync(cancellationToken);
        await transaction.RollbackAsync(cancellationToken);
    }

    private sealed class HasBody : IHttpRequestBodyDetectionFeature
    {
        public bool CanHaveBody => true;
    }
}
