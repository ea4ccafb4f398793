using Certctl.Chaos.Fleet;

namespace Certctl.Chaos.Faults;

/// <summary>Every fault that there is, by name.</summary>
internal static class AllFaults
{
    public static readonly IReadOnlyList<IFault> List =
    [
        .. Enum.GetValues<Service>().Select(service => new KillService(service)),
        .. Enum.GetValues<Service>().Select(service => new PauseService(service)),
        new KillBackingService(BackingServices.Broker), new KillBackingService(BackingServices.Database),
        new RestartBackingService(BackingServices.Broker), new RestartBackingService(BackingServices.Database),
        new PauseBackingService(BackingServices.Broker), new PauseBackingService(BackingServices.Database),
        new CutConnections(BackingServices.Broker), new CutConnections(BackingServices.Database),
        new SlowConnections(BackingServices.Broker), new SlowConnections(BackingServices.Database),
        new BrokerAlarm("disk", ["set_disk_free_limit", "1000000000000000"], ["set_disk_free_limit", "200MB"]),
        new BrokerAlarm("memory", ["set_vm_memory_high_watermark", "absolute", "1MB"], ["set_vm_memory_high_watermark", "absolute", "512MB"]),
        new DuplicateMessages(),
        new PoisonMessages(),
        new WorkerDiesBeforeAcknowledgement(),
        new WorkerDiesAfterAcknowledgement(),
    ];

    /// <summary>For the round of every test run: one of each kind that needs no long wait.</summary>
    public static readonly IReadOnlyList<string> Short = ["worker-dies-before-ack", "duplicate-messages", "poison-messages", "kill-postgres", "cut-rabbitmq"];

    public static IFault? Find(string name) => List.FirstOrDefault(f => f.Name == name);
}
