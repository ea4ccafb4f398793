using Certctl.Core.Hosting;
using Certctl.Api;

return await ServiceHost.RunAsync(args, "certctl-api", builder =>
{
    builder.ListenHttps(s => s.Port);
    builder.ListenHttp(s => s.PkiPort);
    builder.AddApi();
    builder.AddMessageBus(bus => bus.AddApiConsumers());
    var app = builder.Build();
    app.MapHostDefaults();
    app.MapApi();
    return app;
});
