using Certctl.Core.Hosting;
using Certctl.HeartbeatIngest;

return await ServiceHost.RunAsync(args, "certctl-heartbeat-ingest", builder =>
{
    builder.ListenLoopback(s => s.HeartbeatPort);
    builder.AddHeartbeatIngest();
    builder.AddMessageBus(bus => bus.AddHeartbeatIngestConsumers());
}, _ => { });
