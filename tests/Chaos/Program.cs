using System.Runtime.InteropServices;
using Certctl.Chaos;

using var stop = new CancellationTokenSource();
using var interrupted = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
using var terminated = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
try
{
    return await ChaosSuite.RunAsync(ChaosOptions.Read(args), stop.Token);
}
catch (ChaosUsageException e)
{
    Console.Error.WriteLine($"error: {e.Message}\n{ChaosOptions.Usage}");
    return 2;
}
catch (Exception) when (stop.IsCancellationRequested)
{
    return 130;
}

void Stop(PosixSignalContext signal)
{
    signal.Cancel = true;
    stop.Cancel();
}
