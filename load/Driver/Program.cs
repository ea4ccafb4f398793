using Certctl.Load.AcmeSigned;
using Certctl.Load.Arguments;
using Certctl.Load.Loopback;

try
{
    return args switch
    {
        ["acme-signed", .. var rest] => await AcmeSignedScenario.RunAsync(AcmeSignedSettings.Read(CommandLine.Parse(rest))),
        ["dns", .. var rest] => await DnsCommand.RunAsync(CommandLine.Parse(rest)),
        _ => throw new UsageException("there is no such command"),
    };
}
catch (UsageException e)
{
    Console.Error.WriteLine($"""
        error: {e.Message}
        usage: Certctl.Load acme-signed --directory URL [options]
          {AcmeSignedSettings.Usage}
               Certctl.Load dns {DnsCommand.Usage}
        Durations are written 500ms, 30s, 5m.
        """);
    return 2;
}
