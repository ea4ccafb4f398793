using Certctl.Core.Hosting;
using Certctl.AcmeService;

return await ServiceHost.RunAsync(args, "certctl-acme-service", builder =>
{
    builder.ListenHttps(s => s.AcmePort);
    builder.AddAcmeService();
    builder.AddMessageBus(bus => bus.AddAcmeServiceConsumers());
    var app = builder.Build();
    app.MapHostDefaults();
    app.MapAcmeService();
    return app;
});
