using Certctl.AcmeService.Protocol;

namespace Certctl.AcmeService.Endpoints;

/// <summary>What a resource answers, as a value; <see cref="AnswerWriter"/> sends it.</summary>
public sealed record AcmeAnswer(int Status)
{
    public ReadOnlyMemory<byte> Body { get; init; }
    public string? ContentType { get; init; }
    public string? Location { get; init; }

    /// <summary>Link header values besides <c>rel="index"</c>, which every answer but the directory has.</summary>
    public IReadOnlyList<string> Links { get; init; } = [];

    /// <summary>The directory does not point to itself (RFC 8555 7.1).</summary>
    public bool IsDirectory { get; init; }
    public TimeSpan? RetryAfter { get; init; }
    public string CacheControl { get; init; } = "no-store";

    /// <summary>The problem, when this is one: for the failure counters.</summary>
    public AcmeProblem? Problem { get; init; }

    public static AcmeAnswer Json(int status, ReadOnlyMemory<byte> json) => new(status) { Body = json, ContentType = "application/json" };

    public static implicit operator AcmeAnswer(AcmeProblem problem) => FromAcmeProblem(problem);

    public static AcmeAnswer FromAcmeProblem(AcmeProblem problem) => new(problem.Status)
    {
        Body = Wire.Serialize(problem),
        ContentType = "application/problem+json",
        Location = problem.Location,
        RetryAfter = problem.RetryAfter,
        Links = problem.HelpUrl is null ? [] : [Link(problem.HelpUrl, problem.Type == "userActionRequired" ? "terms-of-service" : "help")],
        Problem = problem,
    };

    public static string Link(string url, string relation) => $"<{url}>;rel=\"{relation}\"";
}
