using Certctl.AcmeService;
using Certctl.Core.Hosting;

return await ServiceHost.RunAsync(args, "certctl-acme-service", builder =>
{
    builder.ListenHttps(s => s.AcmePort);
    builder.AddAcmeService();
    builder.AddMessageBus();
}, _ => { });
