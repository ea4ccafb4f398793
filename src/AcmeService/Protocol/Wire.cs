using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Certctl.AcmeService.Protocol;

/// <summary>JSON as ACME has it: camelCase; members that are not known are ignored, duplicates are refused, types are strict.</summary>
public static class Wire
{
    private const int MaxDepth = 8;

    private static readonly WireContext Context = new(new JsonSerializerOptions
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        MaxDepth = MaxDepth,
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
            var value = (T?)JsonSerializer.Deserialize(json.Span, typeof(T), Context);
            if (value is null) return Problems.Malformed("The payload must be a JSON object.");
            payload = value;
            return null;
        }
        catch (JsonException e)
        {
            return Problems.Malformed(e.Path is null or "" or "$" ? "The payload is not the JSON object that this resource takes." : $"The payload's {e.Path[2..]} is not what it must be.");
        }
        catch (Exception e) when (e is FormatException or DecoderFallbackException)
        {
            return Problems.Malformed("The payload is not valid JSON in UTF-8.");
        }
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
