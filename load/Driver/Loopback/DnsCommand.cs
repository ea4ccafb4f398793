using System.Net;
using System.Text.Json;
using Certctl.Load.Arguments;

namespace Certctl.Load.Loopback;

/// <summary>
/// The responder as a process of its own. TXT records are set by POST /present and taken away by POST /cleanup, both with
/// {"fqdn", "value"}: what lego's httpreq provider sends, and a curl in a certbot hook can.
/// </summary>
internal static class DnsCommand
{
    public const string Usage = "--port N --update-port N";

    public static async Task<int> RunAsync(CommandLine line)
    {
        var (port, updatePort) = (line.Number("port", 0, least: 1), line.Number("update-port", 0, least: 1));
        line.Done();
        if (port == 0 || updatePort == 0) throw new UsageException("--port and --update-port are missing");
        var table = new DnsTable();
        await using var responder = DnsResponder.Start(port, table);
        using var listener = new HttpListener();
        listener.Prefixes.Add($"http://127.0.0.1:{updatePort}/");
        listener.Start();
        Console.WriteLine($"answering DNS on 127.0.0.1:{port}, updates on 127.0.0.1:{updatePort}");
        // Until it is killed.
        while (true) await UpdateAsync(await listener.GetContextAsync(), table);
    }

    private static async Task UpdateAsync(HttpListenerContext context, DnsTable table)
    {
        using var response = context.Response;
        try
        {
            var update = await JsonSerializer.DeserializeAsync<JsonElement>(context.Request.InputStream);
            var (name, value) = (update.GetProperty("fqdn").GetString()!, update.GetProperty("value").GetString()!);
            if (context.Request.Url!.AbsolutePath == "/present") table.AddText(name, value);
            else if (context.Request.Url.AbsolutePath == "/cleanup") table.RemoveText(name, value);
            else response.StatusCode = (int)HttpStatusCode.NotFound;
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            response.StatusCode = (int)HttpStatusCode.BadRequest;
        }
    }
}
