using Certctl.Load;
using Certctl.Load.Arguments;
using Certctl.Load.Definitions;
using Certctl.Load.Loopback;

try
{
    return args switch
    {
        ["list", .. var rest] => ListCommand.Run(CommandLine.Parse(rest, "json")),
        ["dns", .. var rest] => await DnsCommand.RunAsync(CommandLine.Parse(rest)),
        [var name, .. var rest] => await Scenarios.RunAsync(name, rest),
        _ => throw new UsageException("there is no command"),
    };
}
catch (UsageException e)
{
    Console.Error.WriteLine($"""
        error: {e.Message}
        usage: Certctl.Load SCENARIO [options]
        {Scenarios.Usage}
          list --json
          dns {DnsCommand.Usage}
        Durations are written 500ms, 30s, 5m.
        """);
    return 2;
}
