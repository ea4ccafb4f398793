using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.RegularExpressions;

namespace Certctl.AcmeService.Protocol;

/// <summary>RFC 3339 instants: read strictly, with their offset and to 100 ns; written in UTC and whole seconds.</summary>
public sealed partial class Rfc3339Converter : JsonConverter<DateTimeOffset>
{
    private const int MaxLength = 64;
    private static readonly string[] Forms = ["yyyy-MM-dd'T'HH:mm:ssK", "yyyy-MM-dd'T'HH:mm:ss.FFFFFFFK"];

    public override DateTimeOffset Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        reader.TokenType == JsonTokenType.String && reader.GetString() is { Length: <= MaxLength } text && Instant().Match(text) is { Success: true } form
        && DateTimeOffset.TryParseExact(
            (form.Groups["instant"].Value + form.Groups["offset"].Value).ToUpperInvariant(), Forms, CultureInfo.InvariantCulture, DateTimeStyles.AdjustToUniversal, out var instant)
            ? instant
            : throw new JsonException();

    public override void Write(Utf8JsonWriter writer, DateTimeOffset value, JsonSerializerOptions options) =>
        writer.WriteStringValue(value.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture));

    /// <summary>RFC 3339 5.6. Any number of decimals may be given (Go writes nine); seven are kept.</summary>
    [GeneratedRegex("^(?<instant>[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt][0-9]{2}:[0-9]{2}:[0-9]{2}([.][0-9]{1,7})?)((?<=[.][0-9]{7})[0-9]+)?(?<offset>[Zz]|[+-][0-9]{2}:[0-9]{2})\\z")]
    private static partial Regex Instant();
}
