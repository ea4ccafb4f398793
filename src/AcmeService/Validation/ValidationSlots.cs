using Certctl.Core.Domain.Profiles;

namespace Certctl.AcmeService.Validation;

/// <summary>How many validations of a type this process makes at once, however they came to it: slow names of one type hold up no other.</summary>
public sealed class ValidationSlots(ValidationSettings settings) : IDisposable
{
    private readonly Dictionary<string, SemaphoreSlim> slots = new()
    {
        [AcmeChallengeTypeNames.Http01] = new(settings.Http01Concurrency),
        [AcmeChallengeTypeNames.Dns01] = new(settings.Dns01Concurrency),
        [AcmeChallengeTypeNames.TlsAlpn01] = new(settings.TlsAlpn01Concurrency),
    };

    public void Dispose()
    {
        foreach (var slot in slots.Values) slot.Dispose();
    }

    /// <summary>Takes a slot if one is free; whoever has it releases it.</summary>
    public bool TryTake(string type) => slots[type].Wait(0);

    public void Release(string type) => slots[type].Release();

    /// <summary>Runs this once a slot is free.</summary>
    public async Task RunAsync(string type, Func<Task> validation, CancellationToken cancellationToken)
    {
        await slots[type].WaitAsync(cancellationToken);
        try
        {
            await validation();
        }
        finally
        {
            slots[type].Release();
        }
    }
}
