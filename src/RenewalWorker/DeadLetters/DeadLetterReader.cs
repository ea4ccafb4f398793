using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Certctl.Core.Domain;
using Certctl.Core.Domain.DeadLetters;
using Certctl.Core.Hosting;
using Certctl.Core.Persistence;
using RabbitMQ.Client;

namespace Certctl.RenewalWorker.DeadLetters;

/// <summary>Makes of a message, as RabbitMQ gives it, the row that stands for it. Never throws: whatever came is written down.</summary>
internal static class DeadLetterReader
{
    private const int MaxText = 255;

    /// <summary>What AMQP allows a short string, in bytes: what is longer cannot be published again.</summary>
    private const int MaxShortString = 255;
    private const int MaxReason = 2000;
    private const int MaxStackTrace = 8000;

    /// <param name="foundIn">The queue that it was taken out of.</param>
    public static DeadLetter Read(string foundIn, IReadOnlyBasicProperties properties, ReadOnlyMemory<byte> body, TimeProvider time)
    {
        var death = DeadLetterHeaders.Death(properties);
        var (kind, reason) = Why(properties, death);
        var envelope = Envelope(body);
        return new DeadLetter
        {
            Id = Identifiers.New("dl", time),
            Fingerprint = FingerprintOf(foundIn, properties, body),
            Queue = Short(QueueOf(foundIn, death))!,
            FoundIn = foundIn,
            Kind = kind,
            MessageId = Short(properties.MessageId ?? envelope.Id),
            MessageType = Cut(envelope.Type, MaxText),
            Reason = Cut(reason, MaxReason)!,
            ExceptionType = Cut(DeadLetterHeaders.Find(properties, "MT-Fault-ExceptionType"), MaxText),
            StackTrace = Cut(DeadLetterHeaders.Find(properties, "MT-Fault-StackTrace"), MaxStackTrace),
            ContentType = Short(properties.ContentType),
            Headers = JsonText.Of(DeadLetterHeaders.OfMessage(properties)),
            Body = body.Length <= DeadLetter.MaxBodySize ? body.ToArray() : body[..DeadLetter.MaxBodySize].ToArray(),
            BodySize = body.Length,
            FailedAt = FailedAt(properties, death) ?? time.GetUtcNow(),
            CreatedAt = time.GetUtcNow(),
            RequeueOf = Cut(DeadLetterHeaders.Find(properties, DeadLetterHeaders.RequeuedFrom), MaxText),
        };
    }

    private static (DeadLetterKind, string) Why(IReadOnlyBasicProperties properties, IDictionary<string, object?>? death)
    {
        if (DeadLetterHeaders.Find(properties, "MT-Fault-ExceptionType") is { } exception)
            return (DeadLetterKind.Faulted, DeadLetterHeaders.Find(properties, "MT-Fault-Message") is { Length: > 0 } message ? message : exception);
        if (DeadLetterHeaders.Find(properties, "MT-Reason") is not null)
            return (DeadLetterKind.Skipped, "No consumer of the queue knows this type of message.");
        return (DeadLetterKind.GivenUp, Of(death, "reason") switch
        {
            null => "It was put there without a reason.",
            "delivery_limit" => "Delivered again and again: whoever took it stopped, or lost the connection, before it was done.",
            "rejected" => "Rejected by its consumer.",
            "expired" => "Waited longer than its queue allows.",
            "maxlen" => "Its queue was full.",
            var other => $"RabbitMQ says: {other}.",
        });
    }

    private static string QueueOf(string foundIn, IDictionary<string, object?>? death)
    {
        var queue = foundIn == MessageBus.DeadLetterQueue && Of(death, "queue") is { Length: > 0 } source ? source : foundIn;
        foreach (var suffix in ErrorQueues.Suffixes)
            if (queue.EndsWith(suffix, StringComparison.Ordinal)) return queue[..^suffix.Length];
        return queue;
    }

    private static DateTimeOffset? FailedAt(IReadOnlyBasicProperties properties, IDictionary<string, object?>? death) =>
        DateTimeOffset.TryParse(
            DeadLetterHeaders.Find(properties, "MT-Fault-Timestamp") ?? Of(death, "time"), CultureInfo.InvariantCulture,
            DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var time) ? time : null;

    private static string? Of(IDictionary<string, object?>? death, string name) =>
        death is not null && death.TryGetValue(name, out var value) && value is not null ? DeadLetterHeaders.Text(value) : null;

    /// <summary>Id and type by MassTransit's envelope, where it is one.</summary>
    private static (string? Id, string? Type) Envelope(ReadOnlyMemory<byte> body)
    {
        try
        {
            using var document = JsonDocument.Parse(body);
            var root = document.RootElement;
            if (root.ValueKind != JsonValueKind.Object) return default;
            var id = root.TryGetProperty("messageId", out var messageId) && messageId.ValueKind == JsonValueKind.String ? messageId.GetString() : null;
            var type = root.TryGetProperty("messageType", out var types) && types.ValueKind == JsonValueKind.Array && types.GetArrayLength() > 0
                && types[0].ValueKind == JsonValueKind.String ? types[0].GetString() : null;
            return (id, type is null ? null : type.Replace("urn:message:", "", StringComparison.Ordinal));
        }
        // The latter for a text with half a surrogate pair.
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return default;
        }
    }

    /// <summary>Over what stays the same when RabbitMQ delivers it once more.</summary>
    private static byte[] FingerprintOf(string foundIn, IReadOnlyBasicProperties properties, ReadOnlyMemory<byte> body)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Append(foundIn);
        Append(properties.MessageId ?? "");
        foreach (var (name, value) in (properties.Headers ?? new Dictionary<string, object?>()).OrderBy(h => h.Key, StringComparer.Ordinal))
        {
            if (name is "x-delivery-count" or "x-acquired-count") continue;
            Append(name);
            Append(DeadLetterHeaders.Text(value));
        }

        hash.AppendData(body.Span);
        return hash.GetHashAndReset();

        void Append(string text)
        {
            var bytes = Encoding.UTF8.GetBytes(text);
            hash.AppendData(BitConverter.GetBytes(bytes.Length));
            hash.AppendData(bytes);
        }
    }

    private static string? Short(string? text) => text is null ? null : DeadLetterHeaders.CleanBytes(text, MaxShortString);

    private static string? Cut(string? text, int length) => text is null ? null : DeadLetterHeaders.Clean(text, length);
}
