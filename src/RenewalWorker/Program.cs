using Certctl.Core.Hosting;
using Certctl.RenewalWorker;

return await ServiceHost.RunAsync(args, builder =>
{
    builder.ListenLoopback(s => s.RenewalPort);
    builder.AddRenewalWorker();
    builder.AddMessageBus(bus => bus.AddRenewalWorkerConsumers());
}, _ => { });
