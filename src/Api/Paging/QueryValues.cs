using Certctl.Api.Json;
using Certctl.Api.Problems;

namespace Certctl.Api.Paging;

/// <summary>Reads filter values out of a query.</summary>
internal static class QueryValues
{
    /// <exception cref="InvalidRequestException">It is not an RFC 3339 time.</exception>
    public static DateTimeOffset? Time(string field, string? text) =>
        text is null ? null : UtcTimeConverter.TryParse(text, out var time) ? time : throw new InvalidRequestException(field, UtcTimeConverter.Expected);

    /// <exception cref="InvalidRequestException">It is none of the names.</exception>
    public static TEnum? OneOf<TEnum>(string field, string? text, Func<TEnum, string> name) where TEnum : struct, Enum
    {
        if (text is null) return null;
        foreach (var value in Enum.GetValues<TEnum>())
            if (name(value) == text) return value;
        throw new InvalidRequestException(field, $"must be one of {string.Join(", ", Enum.GetValues<TEnum>().Select(name))}");
    }

    /// <exception cref="InvalidRequestException">It is neither true nor false.</exception>
    public static bool Flag(string field, string? text) => text switch
    {
        null or "false" => false,
        "true" => true,
        _ => throw new InvalidRequestException(field, "must be true or false"),
    };
}
