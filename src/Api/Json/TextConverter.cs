using System.Text.Json;
using System.Text.Json.Serialization;
using Certctl.Api.Problems;

namespace Certctl.Api.Json;

/// <summary>Refuses NUL in any text, since PostgreSQL stores none.</summary>
internal sealed class TextConverter : JsonConverter<string>
{
    public override string? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        reader.TokenType == JsonTokenType.String ? Checked(reader.GetString()!) : throw JsonProblem.Unacceptable("must be a text");

    public override string ReadAsPropertyName(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        Checked(reader.GetString()!);

    public override void Write(Utf8JsonWriter writer, string value, JsonSerializerOptions options) => writer.WriteStringValue(value);

    public override void WriteAsPropertyName(Utf8JsonWriter writer, string value, JsonSerializerOptions options) => writer.WritePropertyName(value);

    private static string Checked(string text) =>
        text.Contains('\0', StringComparison.Ordinal) ? throw JsonProblem.Unacceptable("holds a NUL character") : text;
}
