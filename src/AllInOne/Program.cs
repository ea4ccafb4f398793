using Certctl.AllInOne;
using Certctl.Core.Hosting;

return await ServiceHost.RunAsync(args, AllInOneHost.Add, AllInOneHost.Map);
