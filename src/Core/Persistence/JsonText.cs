using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.ChangeTracking;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Microsoft.EntityFrameworkCore.Storage.ValueConversion;

namespace Certctl.Core.Persistence;

/// <summary>Values in jsonb columns, as the JSON that the REST API shows: snake_case, without nulls.</summary>
public static class JsonText
{
    private static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web)
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        // A worker that is older than its API must not drop a criterion that it does not know, and so take more.
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    };

    /// <summary>The JSON of a value, also for SQL parameters.</summary>
    public static string Of<T>(T value) => JsonSerializer.Serialize(value, Options);

    /// <summary>The value of a stored JSON text.</summary>
    public static T To<T>(string text) => JsonSerializer.Deserialize<T>(text, Options)!;

    internal static PropertyBuilder<T> HasJson<T>(this PropertyBuilder<T> property) where T : class
    {
        property.HasColumnType("jsonb").HasConversion(
            new ValueConverter<T, string>(v => Of(v), t => To<T>(t)),
            new ValueComparer<T>((a, b) => Of(a) == Of(b), v => Of(v).GetHashCode(StringComparison.Ordinal), v => To<T>(Of(v))));
        return property;
    }
}
