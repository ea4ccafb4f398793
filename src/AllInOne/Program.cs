using Certctl.AllInOne;
using Certctl.Core.Hosting;

return await ServiceHost.RunAsync(args, "certctl", AllInOneHost.Add, AllInOneHost.Map);
