using Certctl.Api;
using Certctl.Core.Hosting;

return await ServiceHost.RunAsync(args, builder =>
{
    builder.ListenHttps(s => s.Port);
    builder.ListenHttp(s => s.PkiPort);
    builder.AddApi();
    builder.AddMessageBus(bus => bus.AddApiConsumers());
}, app => app.MapApi());
