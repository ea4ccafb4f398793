using Certctl.Core.Hosting;
using Certctl.HeartbeatIngest;

return await ServiceHost.RunAsync(args, builder =>
{
    builder.ListenLoopback(s => s.HeartbeatPort);
    builder.AddHeartbeatIngest();
    builder.AddMessageBus(bus => bus.AddHeartbeatIngestConsumers());
}, _ => { });
