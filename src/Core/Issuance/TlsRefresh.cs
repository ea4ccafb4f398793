using Certctl.Core.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Certctl.Core.Issuance;

/// <summary>Looks once an hour whether the servers' certificate is due, here or on another replica.</summary>
internal sealed class TlsRefresh(IServiceScopeFactory scopes, TimeProvider time, ILogger<TlsRefresh> logger)
    : RepeatingService(TimeSpan.FromHours(1), time, logger)
{
    protected override async Task RunOnceAsync(CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        await scope.ServiceProvider.GetRequiredService<ServerTls>().LoadAsync(cancellationToken);
    }
}
