using System.Buffers.Text;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Certctl.IntegrationTests.BulkRenewals;

namespace Certctl.IntegrationTests.Acme;

/// <summary>Writes down requests as they leave, ids as <c>{id}</c>: <c>POST kid order/{id}</c> for a POST-as-GET, and the payload
/// behind it for a POST. What is asked again at once, as a client that polls does, is one line.</summary>
internal sealed partial class Transcript(string below) : DelegatingHandler
{
    private readonly List<string> lines = [];

    /// <summary>URL of the directory.</summary>
    public string Directory { get; } = below + "directory";

    /// <summary>What was said since the last time.</summary>
    public IReadOnlyList<string> Take()
    {
        var taken = lines.ToList();
        lines.Clear();
        return taken;
    }

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var url = request.RequestUri!.ToString();
        Assert.StartsWith(below, url, StringComparison.Ordinal);
        var (key, payload) = request.Content is null ? ("", "") : Signed(await request.Content.ReadAsStringAsync(cancellationToken), url);
        var line = Id().Replace($"{request.Method} {key}{url[below.Length..]}{payload}", "{id}");
        if (lines.Count == 0 || lines[^1] != line) lines.Add(line);
        return await base.SendAsync(request, cancellationToken);
    }

    /// <summary>How the key is named, and the payload. Long values are cut: they are CSRs.</summary>
    private static (string Key, string Payload) Signed(string body, string url)
    {
        var jws = JsonSerializer.Deserialize<JsonElement>(body);
        var header = JsonSerializer.Deserialize<JsonElement>(Decoded(jws, "protected"));
        Assert.Equal(url, header.Text("url"));
        var payload = Decoded(jws, "payload");
        return (header.TryGetProperty("kid", out _) ? "kid " : "jwk ", payload.Length == 0 ? "" : " " + Long().Replace(payload, "…"));
    }

    private static string Decoded(JsonElement jws, string member) => Encoding.UTF8.GetString(Base64Url.DecodeFromChars(jws.Text(member)));

    [GeneratedRegex("(acme-[a-z]+|cv)-[0-9a-f]{32}")]
    private static partial Regex Id();

    [GeneratedRegex("[A-Za-z0-9_-]{100,}")]
    private static partial Regex Long();
}
