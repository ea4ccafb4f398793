using Certctl.Load.Definitions;
using Certctl.Load.Http;
using Certctl.Load.Running;

namespace Certctl.Load.Agents;

/// <summary>Whether what was acknowledged is in the database, as anybody reads it.</summary>
internal static class StoredCheck
{
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(250);

    public static async Task AddAsync(SortedDictionary<string, double> facts, Fleet fleet, AgentSettings settings, TimeProvider time)
    {
        using var api = new LoadClient(settings.Target.Base, settings.Target.Token, settings.Target.CaFile);
        var began = time.GetTimestamp();
        facts[Facts.AgentsNotStored] = await Until.SeenAsync(
            () => fleet.NotStoredAsync(api, settings.ClockAllowance), n => n == 0, settings.StoreLimit, Look, time);
        facts[Facts.StoreSeconds] = time.GetElapsedTime(began).TotalSeconds;
    }
}
