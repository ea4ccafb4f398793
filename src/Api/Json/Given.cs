using System.Text.Json;
using System.Text.Json.Serialization;

namespace Certctl.Api.Json;

/// <summary>A field of a PATCH (RFC 7396): left out it keeps what is there, null clears it, a value replaces it.</summary>
[JsonConverter(typeof(GivenConverterFactory))]
public readonly struct Given<T>(T? value)
{
    public bool IsGiven { get; } = true;
    public T? Value { get; } = value;
}

internal sealed class GivenConverterFactory : JsonConverterFactory
{
    public override bool CanConvert(Type typeToConvert) =>
        typeToConvert.IsGenericType && typeToConvert.GetGenericTypeDefinition() == typeof(Given<>);

    public override JsonConverter CreateConverter(Type typeToConvert, JsonSerializerOptions options) =>
        (JsonConverter)Activator.CreateInstance(typeof(GivenConverter<>).MakeGenericType(typeToConvert.GetGenericArguments()))!;

    private sealed class GivenConverter<T> : JsonConverter<Given<T>>
    {
        public override bool HandleNull => true;

        /// <summary>By the value's own converter: a nested Deserialize would begin a path of its own, and an error would not
        /// name the field.</summary>
        public override Given<T> Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            new(reader.TokenType == JsonTokenType.Null ? default : ((JsonConverter<T>)options.GetConverter(typeof(T))).Read(ref reader, typeof(T), options));

        public override void Write(Utf8JsonWriter writer, Given<T> value, JsonSerializerOptions options) =>
            JsonSerializer.Serialize(writer, value.Value, options);
    }
}
