using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;

namespace Certctl.Rfc8555;

/// <summary>An answer as it came.</summary>
public sealed class AcmeResponse(HttpStatusCode status, HttpResponseHeaders headers, HttpContentHeaders contentHeaders, byte[] body)
{
    private JsonElement? json;

    public HttpStatusCode Status { get; } = status;
    public HttpResponseHeaders Headers { get; } = headers;
    public HttpContentHeaders ContentHeaders { get; } = contentHeaders;
    public byte[] Body { get; } = body;

    public bool IsSuccess => (int)Status is >= 200 and < 300;
    public string Text => Encoding.UTF8.GetString(Body);
    public string? ContentType => ContentHeaders.ContentType?.MediaType;
    public string? Location => Headers.Location?.OriginalString;
    public string? Nonce => Header("Replay-Nonce");

    /// <exception cref="JsonException">The body is no JSON.</exception>
    public JsonElement Json => json ??= JsonSerializer.Deserialize<JsonElement>(Body);

    /// <summary>The "type" of a problem document (RFC 7807), or null.</summary>
    public string? ProblemType => ContentType == "application/problem+json" ? Member("type") : null;

    /// <summary>Of an HTTP date, from now on; null without the header.</summary>
    public TimeSpan? RetryAfter => Headers.RetryAfter switch
    {
        { Delta: { } delta } => delta,
        { Date: { } date } => date - TimeProvider.System.GetUtcNow(),
        _ => null,
    };

    public string? Header(string name) => Headers.TryGetValues(name, out var values) ? string.Join(", ", values) : null;

    /// <summary>A string member of the JSON object, or null.</summary>
    public string? Member(string name) =>
        Json.ValueKind == JsonValueKind.Object && Json.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    /// <summary>A member that is an array of strings, or an empty list.</summary>
    public IReadOnlyList<string> Members(string name) =>
        Json.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Array ? [.. value.EnumerateArray().Select(e => e.GetString()!)] : [];

    /// <summary>Targets of the Link headers of one relation (RFC 8288).</summary>
    public IReadOnlyList<string> Links(string relation)
    {
        if (!Headers.TryGetValues("Link", out var values)) return [];
        return [.. values.SelectMany(v => v.Split(',', StringSplitOptions.TrimEntries))
            .Where(v => v.Contains($"rel=\"{relation}\"", StringComparison.Ordinal))
            .Select(v => v[(v.IndexOf('<', StringComparison.Ordinal) + 1)..v.IndexOf('>', StringComparison.Ordinal)])];
    }

    /// <exception cref="AcmeException">The answer is no success.</exception>
    public AcmeResponse Ensured() => IsSuccess ? this : throw new AcmeException(this);

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{(int)Status} {Text}");
}

/// <summary>A server's refusal.</summary>
public sealed class AcmeException(AcmeResponse response) : Exception(response.ToString())
{
    public AcmeResponse Response { get; } = response;
}
