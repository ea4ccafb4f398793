using Certctl.Contracts;
using Certctl.Core.Hosting;
using Certctl.Core.Renewals;

namespace Certctl.RenewalWorker.Renewals;

/// <summary>Hands renewals to the workers, a few hundred a message.</summary>
public sealed class RenewalDispatch(CommandSender sender)
{
    /// <summary>Returns once the broker has confirmed every message.</summary>
    /// <exception cref="BrokerUnavailableException">It did not; the sweep publishes what is still pending.</exception>
    public Task SendAsync(IReadOnlyList<string> renewalIds, CancellationToken cancellationToken) =>
        Task.WhenAll(renewalIds.Chunk(RenewalSettings.ChunkSize).Select(ids =>
            sender.SendAsync(Queues.RenewCertificates, new RenewCertificates(ids), cancellationToken)));
}
