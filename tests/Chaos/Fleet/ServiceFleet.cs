using Certctl.Rfc8555;

namespace Certctl.Chaos.Fleet;

/// <summary>Api, AcmeService, RenewalWorker and HeartbeatIngest, as they are released.</summary>
internal sealed class ServiceFleet(Instance instance) : IAsyncDisposable
{
    private static readonly TimeSpan StartPatience = TimeSpan.FromSeconds(180);

    public IReadOnlyList<ServiceProcess> All { get; } = [.. Enum.GetValues<Service>().Select(service => new ServiceProcess(service, instance))];

    public ServiceProcess this[Service service] => All[(int)service];

    /// <summary>Processes that ended although nobody ended them.</summary>
    public IEnumerable<Service> Dead => All.Where(p => p.Died).Select(p => p.Service);

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        foreach (var process in All) process.Start();
        if (!await Pause.UntilAsync(() => IsReadyAsync(cancellationToken), StartPatience, cancellationToken))
            throw new InvalidOperationException($"The fleet was not ready within {StartPatience.TotalSeconds} s: see {instance.State}/logs.");
    }

    /// <summary>Whether each of them says "ready": PostgreSQL and RabbitMQ answer it.</summary>
    public async Task<bool> IsReadyAsync(CancellationToken cancellationToken)
    {
        if (!File.Exists(instance.CaFile)) return false;
        using var http = AcmeHttp.Create(instance.CaFile, TimeSpan.FromSeconds(3));
        foreach (var process in All)
        {
            try
            {
                if (!(await http.GetStringAsync(instance.HealthOf(process.Service), cancellationToken)).Contains("\"status\":\"ready\"", StringComparison.Ordinal)) return false;
            }
            catch (Exception e) when (e is HttpRequestException or TaskCanceledException && !cancellationToken.IsCancellationRequested)
            {
                return false;
            }
        }

        return true;
    }

    public async ValueTask DisposeAsync() => await Task.WhenAll(All.Select(p => p.DisposeAsync().AsTask()));
}
