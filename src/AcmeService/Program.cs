using Certctl.AcmeService;
using Certctl.Core.Hosting;

return await ServiceHost.RunAsync(args, builder =>
{
    builder.ListenHttps(s => s.AcmePort);
    builder.AddAcmeService();
    builder.AddMessageBus(bus => bus.AddAcmeServiceConsumers());
}, app => app.MapAcmeService());
