using System.Text.Json;
using System.Text.Unicode;

namespace Certctl.AcmeService.Protocol;

/// <summary>JSON in UTF-8 without duplicate members, of bounded depth, each text of which is Unicode: reading it further cannot throw.</summary>
internal static class StrictJson
{
    public const int MaxDepth = 8;

    private static readonly JsonDocumentOptions Options = new() { MaxDepth = MaxDepth, AllowDuplicateProperties = false };

    /// <summary>The value; undefined when these bytes are anything else.</summary>
    public static JsonElement Parse(ReadOnlySpan<byte> json)
    {
        try
        {
            return IsUnicode(json) ? JsonElement.Parse(json, Options) : default;
        }
        catch (JsonException)
        {
            return default;
        }
    }

    /// <summary>False for bytes that are no UTF-8, and for half a surrogate pair in an escape: the parser takes both, and throws at
    /// the one who reads the text.</summary>
    /// <exception cref="JsonException">It is not JSON.</exception>
    public static bool IsUnicode(ReadOnlySpan<byte> json)
    {
        if (!Utf8.IsValid(json)) return false;
        if (!json.Contains((byte)'\\')) return true;
        var reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = MaxDepth });
        try
        {
            while (reader.Read())
                if (reader.TokenType is JsonTokenType.String or JsonTokenType.PropertyName && reader.ValueIsEscaped)
                    _ = reader.GetString();
            return true;
        }
        catch (InvalidOperationException)
        {
            return false;
        }
    }

    /// <summary>A member that is a text; null when it is not there or something else.</summary>
    public static string? Text(this JsonElement json, string name) =>
        json.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}
