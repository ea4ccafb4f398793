using System.Text.Json;
using System.Text.RegularExpressions;

namespace Certctl.Api.Problems;

/// <summary>Says which field of a JSON body could not be read, without the names of our types.</summary>
internal static partial class JsonProblem
{
    public static ProblemResult Of(JsonException e)
    {
        if (Unmapped().Match(e.Message) is { Success: true } unmapped)
            return Problem.Validation(Join(e.Path, unmapped.Groups["name"].Value), "is not a field of this request");
        if (Duplicate().Match(e.Message) is { Success: true } duplicate)
            return Problem.Validation(Join(e.Path, duplicate.Groups["name"].Value), "is given twice");
        var field = Join(e.Path, null);
        if (e.InnerException is null && e.Data["certctl"] is string message) return Problem.Validation(field, message);
        if (IsSyntax(e)) return Problem.BadRequest($"The body is not valid JSON in UTF-8 (line {e.LineNumber + 1}, byte {e.BytePositionInLine + 1}).");
        return field.Length == 0 ? Problem.BadRequest("The body must be a JSON object.") : Problem.Validation(field, "has a value of the wrong type or form");
    }

    /// <summary>A JsonException for a value that is well-formed JSON and yet not acceptable; the message is shown.</summary>
    public static JsonException Unacceptable(string message) => new(message) { Data = { ["certctl"] = message } };

    /// <summary>The reader's own exceptions wrap nothing of ours and name no type.</summary>
    private static bool IsSyntax(JsonException e) => e.InnerException is JsonException || !e.Message.StartsWith("The JSON value could not be converted", StringComparison.Ordinal);

    /// <summary>$.certificate_ids[3] as certificate_ids[3].</summary>
    private static string Join(string? path, string? name)
    {
        var field = path is null or "$" ? "" : path.TrimStart('$').TrimStart('.');
        if (name is null || field == name || field.EndsWith("." + name, StringComparison.Ordinal)) return field;
        return field.Length == 0 ? name : $"{field}.{name}";
    }

    [GeneratedRegex("The JSON property '(?<name>[^']{0,200})' could not be mapped")]
    private static partial Regex Unmapped();

    [GeneratedRegex("Duplicate property '(?<name>[^']{0,200})'")]
    private static partial Regex Duplicate();
}
