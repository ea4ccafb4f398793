using System.Net;
using System.Text.Json;
using Certctl.Load.Arguments;
using Certctl.Loopback.Dns;

namespace Certctl.Load.Loopback;

/// <summary>
/// A resolver as a process of its own: every name has the address 127.0.0.1. TXT records are set by POST /present and taken away
/// by POST /cleanup, both with {"fqdn", "value"}: what lego's httpreq provider sends, and a curl in a certbot hook can.
/// </summary>
internal sealed class DnsCommand(LoopbackDns dns)
{
    public const string Usage = "--port N --update-port N";

    private readonly Dictionary<string, List<string>> texts = [];

    public static async Task<int> RunAsync(CommandLine line)
    {
        var (port, updatePort) = (line.Number("port", 0, least: 1), line.Number("update-port", 0, least: 1));
        line.Done();
        if (port == 0 || updatePort == 0) throw new UsageException("--port and --update-port are missing");
        await using var dns = new LoopbackDns(port) { Fallback = IPAddress.Loopback };
        using var listener = new HttpListener();
        listener.Prefixes.Add($"http://127.0.0.1:{updatePort}/");
        listener.Start();
        Console.WriteLine($"answering DNS on 127.0.0.1:{port}, updates on 127.0.0.1:{updatePort}");
        var command = new DnsCommand(dns);
        // Until it is killed.
        while (true) await command.UpdateAsync(await listener.GetContextAsync());
    }

    private async Task UpdateAsync(HttpListenerContext context)
    {
        using var response = context.Response;
        try
        {
            var update = await JsonSerializer.DeserializeAsync<JsonElement>(context.Request.InputStream);
            var (name, value) = (update.GetProperty("fqdn").GetString()!, update.GetProperty("value").GetString()!);
            if (context.Request.Url!.AbsolutePath == "/present") Present(name, value);
            else if (context.Request.Url.AbsolutePath == "/cleanup") CleanUp(name, value);
            else response.StatusCode = (int)HttpStatusCode.NotFound;
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            response.StatusCode = (int)HttpStatusCode.BadRequest;
        }
    }

    /// <summary>A name may have several texts at once: a wildcard and its parent are proved under one.</summary>
    internal void Present(string name, string value)
    {
        var key = Key(name);
        if (!texts.TryGetValue(key, out var known)) texts[key] = known = [];
        if (!known.Contains(value)) known.Add(value);
        dns.Txt(key, [.. known]);
    }

    internal void CleanUp(string name, string value)
    {
        var key = Key(name);
        if (!texts.TryGetValue(key, out var known) || !known.Remove(value)) return;
        if (known.Count > 0) dns.Txt(key, [.. known]);
        else dns.Remove(key);
    }

    private static string Key(string name) => name.TrimEnd('.').ToLowerInvariant();
}
