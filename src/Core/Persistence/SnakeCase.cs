using System.Text.Json;
using Microsoft.EntityFrameworkCore.Storage.ValueConversion;

namespace Certctl.Core.Persistence;

/// <summary>Enums as the snake_case text that the database stores and the REST API shows.</summary>
public static class SnakeCase
{
    /// <summary>The text of a value, also for SQL parameters.</summary>
    public static string ToText<TEnum>(TEnum value) where TEnum : struct, Enum => Names<TEnum>.Texts[value];

    /// <summary>The value of a text.</summary>
    public static TEnum FromText<TEnum>(string text) where TEnum : struct, Enum => Names<TEnum>.Values[text];

    private static class Names<TEnum> where TEnum : struct, Enum
    {
        public static readonly Dictionary<TEnum, string> Texts =
            Enum.GetValues<TEnum>().ToDictionary(v => v, v => JsonNamingPolicy.SnakeCaseLower.ConvertName(v.ToString()));

        public static readonly Dictionary<string, TEnum> Values = Texts.ToDictionary(p => p.Value, p => p.Key);
    }
}

internal sealed class SnakeCaseConverter<TEnum>()
    : ValueConverter<TEnum, string>(v => SnakeCase.ToText(v), t => SnakeCase.FromText<TEnum>(t))
    where TEnum : struct, Enum;
