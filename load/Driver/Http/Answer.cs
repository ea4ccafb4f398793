using System.Text.Json;
using Certctl.Load.Measuring;

namespace Certctl.Load.Http;

/// <summary>An HTTP answer, and what may be demanded of it.</summary>
internal sealed record Answer(int Status, byte[] Body, string? ContentType, string? Location, TimeSpan? RetryAfter, string? CacheControl, string? Nonce)
{
    /// <exception cref="FailedException">It has another status: an error from 400 up, else a wrong answer.</exception>
    public Answer Expect(int status) => Status == status ? this : throw new FailedException(
        Status >= 500 ? Failure.ServerError : Status >= 400 ? Failure.Error : Failure.Wrong, $"{Status} and not {status}{Why()}");

    /// <exception cref="FailedException">The answer breaks its promise.</exception>
    public Answer Must(bool holds, string promise) => holds ? this : throw FailedException.Wrong($"{Status}: {promise}");

    /// <summary>The JSON body.</summary>
    /// <exception cref="FailedException">It is none.</exception>
    public JsonElement Json(string mediaType = "application/json")
    {
        Must(ContentType == mediaType, $"the body is {ContentType ?? "of no type"}, not {mediaType}");
        try
        {
            return JsonSerializer.Deserialize<JsonElement>(Body);
        }
        catch (JsonException)
        {
            throw FailedException.Wrong($"{Status}: the body is no JSON");
        }
    }

    // The detail only: a trace id would make every reason another one.
    private string Why()
    {
        // An answer to HEAD has no body.
        if (ContentType != "application/problem+json" || Body.Length == 0) return "";
        try
        {
            return JsonSerializer.Deserialize<JsonElement>(Body) is { ValueKind: JsonValueKind.Object } problem
                && problem.TryGetProperty("detail", out var detail) ? $": {detail}" : "";
        }
        catch (JsonException)
        {
            return ", with a problem that is no JSON";
        }
    }
}
