using System.Text.Json;
using Certctl.Rfc8555;

namespace Certctl.Load.Measuring;

/// <summary>In what way a request failed.</summary>
internal enum Failure
{
    /// <summary>Refused, not answered, or not even sent in time.</summary>
    Error,

    /// <summary>A status from 500 up.</summary>
    ServerError,

    /// <summary>It was answered, and the answer is not what it must be. A server that lies once has lied.</summary>
    Wrong,
}

/// <summary>A request that failed.</summary>
internal sealed class FailedException(Failure kind, string message) : Exception(message)
{
    public Failure Kind { get; } = kind;

    public static FailedException Wrong(string message) => new(Failure.Wrong, message);

    /// <summary>The kind and the reason of whatever a request threw.</summary>
    public static (Failure Kind, string Reason) Explain(Exception thrown) => thrown switch
    {
        FailedException e => (e.Kind, e.Message),
        AcmeException { Response: var r } => ((int)r.Status >= 500 ? Failure.ServerError : Failure.Error, thrown.Message),
        InvalidDataException => (Failure.Wrong, thrown.Message),
        JsonException or KeyNotFoundException or InvalidOperationException or FormatException => (Failure.Wrong, $"The answer cannot be read: {thrown.Message}"),
        OperationCanceledException => (Failure.Error, "no answer in time"),
        _ => (Failure.Error, thrown.InnerException is { } inner ? $"{thrown.Message} ({inner.Message})" : $"{thrown.GetType().Name}: {thrown.Message}"),
    };
}
