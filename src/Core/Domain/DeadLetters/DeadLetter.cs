namespace Certctl.Core.Domain.DeadLetters;

/// <summary>A message that could not be processed, kept until an administrator puts it back into its queue or drops it.</summary>
public sealed class DeadLetter
{
    public required string Id { get; init; }

    /// <summary>SHA-256 over where it lay, its headers and its body: written once, however often RabbitMQ delivers it.</summary>
    public required byte[] Fingerprint { get; init; }

    /// <summary>The queue whose consumer could not process it.</summary>
    public required string Queue { get; init; }

    /// <summary>The queue that it was taken out of: <c>&lt;queue&gt;_error</c>, <c>&lt;queue&gt;_skipped</c> or <c>dead-letters</c>.</summary>
    public required string FoundIn { get; init; }
    public DeadLetterKind Kind { get; init; }
    public string? MessageId { get; init; }

    /// <summary>As its envelope says: <c>Certctl.Contracts:StartBulkRenewal</c>. Null for what is no envelope.</summary>
    public string? MessageType { get; init; }

    /// <summary>Why, in words: the exception's message, or what RabbitMQ says.</summary>
    public required string Reason { get; init; }
    public string? ExceptionType { get; init; }
    public string? StackTrace { get; init; }
    public string? ContentType { get; init; }

    /// <summary>A JSON object of texts: the transport's headers as they were, those about the failure left out.</summary>
    public required string Headers { get; init; }

    /// <summary>At most <see cref="MaxBodySize"/> bytes of it.</summary>
    public required byte[] Body { get; init; }

    /// <summary>In bytes, before it was cut.</summary>
    public int BodySize { get; init; }

    /// <summary>When its consumer gave up, as far as the message tells; else when it was found.</summary>
    public DateTimeOffset FailedAt { get; init; }
    public DateTimeOffset CreatedAt { get; init; }
    public DateTimeOffset? RequeueRequestedAt { get; set; }
    public string? RequeueRequestedBy { get; set; }
    public DateTimeOffset? RequeuedAt { get; set; }

    /// <summary>Why the last attempt to put it back failed.</summary>
    public string? RequeueError { get; set; }

    /// <summary>The dead letter that was put back and has failed again as this one.</summary>
    public string? RequeueOf { get; init; }

    /// <summary>PostgreSQL's xmin: the ETag.</summary>
    public uint RowVersion { get; init; }

    /// <summary>What is kept of a body, in bytes; certctl's own messages are far below.</summary>
    public const int MaxBodySize = 1024 * 1024;

    /// <summary>Whether it can be put back as it was.</summary>
    public bool IsWhole => BodySize == Body.Length;
}

/// <summary>How a message came to be a dead letter: its consumer threw after its retries, no consumer of the queue knows its
/// type, or RabbitMQ gave up on it.</summary>
public enum DeadLetterKind { Faulted, Skipped, GivenUp }
