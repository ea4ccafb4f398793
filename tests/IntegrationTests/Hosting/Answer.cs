using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;

namespace Certctl.IntegrationTests.Hosting;

/// <summary>An HTTP answer, read to its end.</summary>
public sealed record Answer(HttpStatusCode Status, HttpResponseHeaders Headers, HttpContentHeaders ContentHeaders, byte[] Bytes)
{
    public string Body => System.Text.Encoding.UTF8.GetString(Bytes);

    public JsonElement Json => JsonDocument.Parse(Bytes).RootElement;

    public string Location => Headers.Location?.OriginalString ?? throw new InvalidOperationException($"no Location: {this}");

    /// <summary>Fails, showing the body, unless the status is this one.</summary>
    public Answer Is(HttpStatusCode expected)
    {
        Assert.True(Status == expected, $"expected {(int)expected}, but was {this}");
        return this;
    }

    /// <summary>A problem of RFC 9457 with this status.</summary>
    public JsonElement IsProblem(HttpStatusCode expected)
    {
        Is(expected);
        Assert.Equal("application/problem+json", ContentHeaders.ContentType?.MediaType);
        Assert.Equal((int)expected, Json.GetProperty("status").GetInt32());
        foreach (var member in (string[])["type", "title", "detail", "trace_id"]) Assert.NotEmpty(Json.GetProperty(member).GetString()!);
        return Json;
    }

    /// <summary>A 400 whose errors name the field.</summary>
    public void Names(string field)
    {
        var problem = IsProblem(HttpStatusCode.BadRequest);
        Assert.True(problem.TryGetProperty("errors", out var errors) && errors.TryGetProperty(field, out _), $"{field} is not named: {this}");
    }

    public override string ToString() => $"{(int)Status} {Body}";
}
