using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.RegularExpressions;

namespace Certctl.AcmeService.Protocol;

/// <summary>JSON as ACME has it: camelCase; members that are not known are ignored, duplicates are refused, types are strict.</summary>
public static partial class Wire
{
    private static readonly WireContext Context = new(new JsonSerializerOptions
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        MaxDepth = StrictJson.MaxDepth,
        AllowDuplicateProperties = false,
        RespectNullableAnnotations = true,
        RespectRequiredConstructorParameters = true,
        Converters = { new Rfc3339Converter() },
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    });

    /// <summary>Reads a payload. The problem names the member that is not what it must be.</summary>
    public static AcmeProblem? Read<T>(ReadOnlyMemory<byte> json, out T payload) where T : class
    {
        payload = null!;
        try
        {
            if (!StrictJson.IsUnicode(json.Span)) return Problems.Malformed("The payload is not JSON in UTF-8.");
            var value = (T?)JsonSerializer.Deserialize(json.Span, typeof(T), Context);
            if (value is null) return Problems.Malformed("The payload must be a JSON object.");
            payload = value;
            return null;
        }
        catch (JsonException e)
        {
            return Problems.Malformed(MemberPath().Match(e.Path ?? "") is { Success: true } member
                ? $"The payload's {member.Groups["path"].Value} is not what it must be."
                : $"The payload must be a JSON object{Needed<T>()}, without duplicate members.");
        }
    }

    /// <summary>Nullable annotations do not reach the items of a list.</summary>
    internal static void RefuseNulls<T>(IReadOnlyList<T?>? items, string member) where T : class
    {
        if (items is not null && items.Contains(null)) throw new JsonException(null, $"$.{member}", null, null);
    }

    public static byte[] Serialize<T>(T value) => JsonSerializer.SerializeToUtf8Bytes(value, typeof(T), Context);

    public static byte[] Serialize(AcmeProblem problem) => Serialize(DocumentOf(problem));

    /// <summary>For a jsonb column.</summary>
    public static string Text(AcmeProblem problem) => JsonSerializer.Serialize(DocumentOf(problem), typeof(ProblemDocument), Context);

    /// <summary>For a jsonb column.</summary>
    public static string Text(IEnumerable<Identifier> identifiers) => JsonSerializer.Serialize(identifiers.ToArray(), typeof(Identifier[]), Context);

    /// <summary>A JSON array of texts.</summary>
    public static string Text(IEnumerable<string> texts) => JsonSerializer.Serialize(texts.ToArray(), typeof(string[]), Context);

    public static IReadOnlyList<Identifier> Identifiers(string json) => (Identifier[])JsonSerializer.Deserialize(json, typeof(Identifier[]), Context)!;

    /// <summary>The problem of an error column.</summary>
    public static ProblemDocument? Problem(string? json) =>
        json is null ? null : (ProblemDocument?)JsonSerializer.Deserialize(json, typeof(ProblemDocument), Context);

    private static string Needed<T>()
    {
        var names = Context.GetTypeInfo(typeof(T))!.Properties.Where(p => p.IsRequired).Select(p => p.Name).ToList();
        return names.Count == 0 ? "" : $" with {string.Join(" and ", names)}";
    }

    /// <summary>Where the reader stopped, when that is a name as ours are: the path may hold whatever the client wrote.</summary>
    [GeneratedRegex(@"^\$\.(?<path>[A-Za-z]{1,32}(\[[0-9]{1,6}\])?(\.[A-Za-z]{1,32})?)$")]
    private static partial Regex MemberPath();

    private static ProblemDocument DocumentOf(AcmeProblem problem) => new(
        AcmeProblem.Prefix + problem.Type, problem.Detail, problem.Status,
        problem.Subproblems.Count == 0 ? null : [.. problem.Subproblems.Select(s => new SubproblemDocument(AcmeProblem.Prefix + s.Type, s.Detail, s.Identifier))],
        problem.Algorithms, problem.Type == "userActionRequired" ? problem.HelpUrl : null);
}

[JsonSerializable(typeof(NewAccount))]
[JsonSerializable(typeof(AccountUpdate))]
[JsonSerializable(typeof(NewOrder))]
[JsonSerializable(typeof(NewAuthorization))]
[JsonSerializable(typeof(AuthorizationUpdate))]
[JsonSerializable(typeof(ChallengeResponse))]
[JsonSerializable(typeof(KeyChangePayload))]
[JsonSerializable(typeof(Finalize))]
[JsonSerializable(typeof(RevokeCert))]
[JsonSerializable(typeof(Directory))]
[JsonSerializable(typeof(Account))]
[JsonSerializable(typeof(OrdersList))]
[JsonSerializable(typeof(Order))]
[JsonSerializable(typeof(Authorization))]
[JsonSerializable(typeof(Challenge))]
[JsonSerializable(typeof(RenewalInfo))]
[JsonSerializable(typeof(ProblemDocument))]
[JsonSerializable(typeof(Identifier[]))]
[JsonSerializable(typeof(string[]))]
internal sealed partial class WireContext : JsonSerializerContext;
