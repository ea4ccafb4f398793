using System.Buffers.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using Certctl.Api.Problems;
using Certctl.Core.Domain;

namespace Certctl.Api.Paging;

/// <summary>Where a page ended: the next one begins after this row, whatever was inserted meanwhile.</summary>
/// <param name="Sort">The sort it belongs to, with its minus.</param>
/// <param name="Value">The last row's value of the sort key, as text; null when it has none.</param>
/// <param name="Id">The last row's id, which breaks ties.</param>
internal sealed record Cursor(
    [property: JsonPropertyName("s")] string Sort, [property: JsonPropertyName("v")] string? Value, [property: JsonPropertyName("i")] string Id)
{
    private const int MaxLength = 2048;

    public string Encode() => Base64Url.EncodeToString(JsonSerializer.SerializeToUtf8Bytes(this, CursorJson.Default.Cursor));

    /// <summary>Reads a cursor; null when none is given.</summary>
    /// <exception cref="InvalidRequestException">It was not made by this API, or for another sort.</exception>
    public static Cursor? Read(string? text, string sort)
    {
        if (text is null) return null;
        var cursor = TryDecode(text) ?? throw Invalid();
        return cursor.Sort == sort ? cursor : throw new InvalidRequestException("cursor", $"belongs to the sort '{Printable(cursor.Sort)}'; send the same sort with it");
    }

    public static InvalidRequestException Invalid() => new("cursor", "is not a cursor of this list");

    private static Cursor? TryDecode(string text)
    {
        if (text.Length > MaxLength || !Base64Url.IsValid(text)) return null;
        try
        {
            var cursor = JsonSerializer.Deserialize(Base64Url.DecodeFromChars(text), CursorJson.Default.Cursor);
            return cursor is { Sort: not null, Id: { Length: > 0 and <= Identifiers.MaxLength } } && !HasNul(cursor.Id) && !HasNul(cursor.Value ?? "") ? cursor : null;
        }
        catch (Exception e) when (e is JsonException or FormatException or ArgumentException)
        {
            return null;
        }
    }

    private static bool HasNul(string text) => text.Contains('\0', StringComparison.Ordinal);

    private static string Printable(string text) => text.Length > 40 ? text[..40] : text;
}

[JsonSerializable(typeof(Cursor))]
internal sealed partial class CursorJson : JsonSerializerContext;
