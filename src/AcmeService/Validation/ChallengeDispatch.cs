using Certctl.Contracts;
using Certctl.Core.Domain.Profiles;
using Certctl.Core.Hosting;

namespace Certctl.AcmeService.Validation;

/// <summary>Sends challenges to the queue of their type.</summary>
public sealed class ChallengeDispatch(CommandSender sender, ILogger<ChallengeDispatch> logger)
{
    /// <summary>How long a message is trusted to be on its way before the sweep sends another.</summary>
    public static readonly TimeSpan Grace = TimeSpan.FromSeconds(5);

    /// <summary>Sends without keeping the client waiting: should it fail, the sweep sends it.</summary>
    public void SendSoon(string challengeId, string type) => _ = TrySendAsync(challengeId, type);

    public Task SendAsync(string challengeId, string type, CancellationToken cancellationToken) => type switch
    {
        AcmeChallengeTypeNames.Http01 => sender.SendAsync(Queues.ValidateHttp01, new ValidateHttp01(challengeId), cancellationToken),
        AcmeChallengeTypeNames.Dns01 => sender.SendAsync(Queues.ValidateDns01, new ValidateDns01(challengeId), cancellationToken),
        _ => sender.SendAsync(Queues.ValidateTlsAlpn01, new ValidateTlsAlpn01(challengeId), cancellationToken),
    };

    private async Task TrySendAsync(string challengeId, string type)
    {
        try
        {
            if (sender.BrokerIsReachable) await SendAsync(challengeId, type, CancellationToken.None);
        }
        catch (Exception e)
        {
            logger.LogWarning("Challenge {Challenge} is left to the sweep: {Reason}", challengeId, e.Message);
        }
    }
}
