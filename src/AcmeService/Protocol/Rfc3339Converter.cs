using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Certctl.AcmeService.Protocol;

/// <summary>RFC 3339 instants: read strictly, with their offset; written in UTC and whole seconds.</summary>
public sealed class Rfc3339Converter : JsonConverter<DateTimeOffset>
{
    private static readonly string[] Forms = ["yyyy-MM-dd'T'HH:mm:ssK", "yyyy-MM-dd'T'HH:mm:ss.FFFFFFFK"];

    public override DateTimeOffset Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        reader.TokenType == JsonTokenType.String && reader.GetString() is { Length: >= 20 and <= 40 } text && HasOffset(text)
        && DateTimeOffset.TryParseExact(text.ToUpperInvariant(), Forms, CultureInfo.InvariantCulture, DateTimeStyles.AdjustToUniversal, out var instant)
            ? instant
            : throw new JsonException();

    public override void Write(Utf8JsonWriter writer, DateTimeOffset value, JsonSerializerOptions options) =>
        writer.WriteStringValue(value.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture));

    private static bool HasOffset(string text) => text[^1] is 'Z' or 'z' || text[^6] is '+' or '-';
}
