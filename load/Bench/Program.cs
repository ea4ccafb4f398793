using Certctl.Bench;

return args switch
{
    ["serve"] => await BenchHost.RunAsync(),
    ["serve-acme"] => await AcmeBenchHost.RunAsync(),
    ["heartbeats", var output] => await HeartbeatBench.RunAsync(output),
    _ => Usage(),
};

static int Usage()
{
    Console.Error.WriteLine("usage: Bench heartbeats <result.json>   (see load/heartbeats.sh; load/nonces.sh runs serve-acme)");
    return 2;
}
