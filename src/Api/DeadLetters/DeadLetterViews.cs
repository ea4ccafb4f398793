using System.ComponentModel;
using System.Text;
using System.Text.Json;
using System.Text.Unicode;
using Certctl.Api.Paging;
using Certctl.Core.Domain.DeadLetters;
using Certctl.Core.Persistence;
using Microsoft.AspNetCore.Mvc;

namespace Certctl.Api.DeadLetters;

/// <summary>Where a dead letter stands.</summary>
public enum DeadLetterStatus { Waiting, Requeueing, Requeued }

/// <summary>A message that could not be processed, as a list shows it.</summary>
/// <param name="RequeueOf">The dead letter that was put back and failed again as this one.</param>
public record DeadLetterView(
    string Id, DeadLetterStatus Status, string Queue, DeadLetterKind Kind, string? MessageId, string? MessageType, string Reason, string? ExceptionType,
    int BodySize, DateTimeOffset FailedAt, DateTimeOffset CreatedAt, DateTimeOffset? RequeueRequestedAt, string? RequeueRequestedBy, DateTimeOffset? RequeuedAt,
    string? RequeueError, string? RequeueOf)
{
    public static DeadLetterView Of(DeadLetter d) => new(
        d.Id, StatusOf(d), d.Queue, d.Kind, d.MessageId, d.MessageType, d.Reason, d.ExceptionType, d.BodySize, d.FailedAt, d.CreatedAt, d.RequeueRequestedAt,
        d.RequeueRequestedBy, d.RequeuedAt, d.RequeueError, d.RequeueOf);

    internal static DeadLetterStatus StatusOf(DeadLetter d) =>
        d.RequeuedAt is not null ? DeadLetterStatus.Requeued : d.RequeueRequestedAt is not null ? DeadLetterStatus.Requeueing : DeadLetterStatus.Waiting;
}

/// <summary>A dead letter with what is in it.</summary>
/// <param name="Body">Its beginning, as text where it is UTF-8, else in base64.</param>
/// <param name="BodyEncoding">utf-8 or base64.</param>
/// <param name="BodyTruncated">Whether body is less than all of it.</param>
public sealed record DeadLetterDetail(
    string Id, DeadLetterStatus Status, string Queue, string FoundIn, DeadLetterKind Kind, string? MessageId, string? MessageType, string Reason,
    string? ExceptionType, string? StackTrace, string? ContentType, JsonElement Headers, string Body, string BodyEncoding, bool BodyTruncated, int BodySize,
    DateTimeOffset FailedAt, DateTimeOffset CreatedAt, DateTimeOffset? RequeueRequestedAt, string? RequeueRequestedBy, DateTimeOffset? RequeuedAt,
    string? RequeueError, string? RequeueOf)
{
    /// <summary>Bytes of a body that are shown.</summary>
    internal const int MaxShown = 64 * 1024;

    public static DeadLetterDetail Of(DeadLetter d)
    {
        var shown = d.Body.AsSpan(0, Math.Min(d.Body.Length, MaxShown));
        // A cut may have split a character.
        for (var spare = 0; spare < 3 && shown.Length < d.BodySize && !Utf8.IsValid(shown); spare++) shown = shown[..^1];
        var isText = Utf8.IsValid(shown);
        return new DeadLetterDetail(
            d.Id, DeadLetterView.StatusOf(d), d.Queue, d.FoundIn, d.Kind, d.MessageId, d.MessageType, d.Reason, d.ExceptionType, d.StackTrace, d.ContentType,
            JsonElement.Parse(d.Headers), isText ? Encoding.UTF8.GetString(shown) : Convert.ToBase64String(shown), isText ? "utf-8" : "base64",
            shown.Length < d.BodySize, d.BodySize, d.FailedAt, d.CreatedAt, d.RequeueRequestedAt, d.RequeueRequestedBy, d.RequeuedAt, d.RequeueError, d.RequeueOf);
    }
}

/// <summary>Which dead letters a list shows.</summary>
public sealed record DeadLetterQuery : PageQuery
{
    [FromQuery(Name = "queue"), Description("The queue whose consumer could not process it.")]
    public string? Queue { get; init; }

    [FromQuery(Name = "status"), Description("waiting, requeueing or requeued; all unless given.")]
    public string? Status { get; init; }

    internal IQueryable<DeadLetter> Filter(IQueryable<DeadLetter> letters)
    {
        if (Queue is not null) letters = letters.Where(d => d.Queue == Queue);
        return QueryValues.OneOf<DeadLetterStatus>("status", Status, SnakeCase.ToText) switch
        {
            DeadLetterStatus.Waiting => letters.Where(d => d.RequeuedAt == null && d.RequeueRequestedAt == null),
            DeadLetterStatus.Requeueing => letters.Where(d => d.RequeuedAt == null && d.RequeueRequestedAt != null),
            DeadLetterStatus.Requeued => letters.Where(d => d.RequeuedAt != null),
            _ => letters,
        };
    }
}
