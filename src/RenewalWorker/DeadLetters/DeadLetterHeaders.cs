using System.Collections;
using System.Globalization;
using System.Text;
using RabbitMQ.Client;

namespace Certctl.RenewalWorker.DeadLetters;

/// <summary>Headers of a message as texts that PostgreSQL and JSON can hold, whatever a stranger put into them.</summary>
internal static class DeadLetterHeaders
{
    private const int MaxHeaders = 64;
    private const int MaxName = 128;
    private const int MaxValue = 1024;

    /// <summary>All of them have to fit into one frame, of 128 KiB by RabbitMQ's default, or publishing them ends the connection.</summary>
    private const int MaxBytes = 64 * 1024;

    /// <summary>The headers that belong to the message: those about the failure and about RabbitMQ's handling are left out, so
    /// that it is published again as it was first sent.</summary>
    public static Dictionary<string, string> OfMessage(IReadOnlyBasicProperties properties)
    {
        var (kept, bytes) = (new Dictionary<string, string>(), 0);
        foreach (var (name, value) in (properties.Headers ?? new Dictionary<string, object?>()).Where(h => !IsOfFailure(h.Key)).OrderBy(h => h.Key, StringComparer.Ordinal))
        {
            var (key, text) = (CleanBytes(name, MaxName), Clean(Text(value), MaxValue));
            bytes += Encoding.UTF8.GetByteCount(key) + Encoding.UTF8.GetByteCount(text);
            if (kept.Count == MaxHeaders || bytes > MaxBytes) break;
            kept.TryAdd(key, text);
        }

        return kept;
    }

    /// <summary>The text of one header; null when the message has none of that name.</summary>
    public static string? Find(IReadOnlyBasicProperties properties, string name) =>
        properties.Headers is { } headers && headers.TryGetValue(name, out var value) && value is not null ? Text(value) : null;

    /// <summary>The first entry of x-death, which RabbitMQ writes when it gives up on a message.</summary>
    public static IDictionary<string, object?>? Death(IReadOnlyBasicProperties properties) =>
        properties.Headers is { } headers && headers.TryGetValue("x-death", out var value) && value is IList { Count: > 0 } deaths
            ? deaths[0] as IDictionary<string, object?>
            : null;

    /// <summary>A header's value in words.</summary>
    public static string Text(object? value) => value switch
    {
        null => "",
        byte[] bytes => Encoding.UTF8.GetString(bytes),
        AmqpTimestamp timestamp => DateTimeOffset.FromUnixTimeSeconds(timestamp.UnixTime).ToString("O", CultureInfo.InvariantCulture),
        IDictionary<string, object?> table => string.Join(", ", table.OrderBy(e => e.Key, StringComparer.Ordinal).Select(e => $"{e.Key}={Text(e.Value)}")),
        IList list => string.Join("; ", list.Cast<object?>().Select(Text)),
        _ => Convert.ToString(value, CultureInfo.InvariantCulture) ?? "",
    };

    /// <summary>Cut to a length, without NUL (which PostgreSQL refuses) and without half a surrogate pair.</summary>
    public static string Clean(string text, int length)
    {
        var cut = text.Length <= length ? text : text[..length];
        if (cut.Length > 0 && char.IsHighSurrogate(cut[^1])) cut = cut[..^1];
        return Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(cut)).Replace('\0', '\ufffd');
    }

    /// <summary>The same, cut to a number of bytes in UTF-8, as AMQP measures its short strings.</summary>
    public static string CleanBytes(string text, int bytes)
    {
        var clean = Clean(text, bytes);
        while (Encoding.UTF8.GetByteCount(clean) > bytes) clean = Clean(clean, clean.Length - 1);
        return clean;
    }

    private static bool IsOfFailure(string name) =>
        name.StartsWith("MT-Fault-", StringComparison.Ordinal) || name.StartsWith("MT-Host-", StringComparison.Ordinal)
        || name.StartsWith("x-", StringComparison.Ordinal) || name is "MT-Reason" or RequeuedFrom;

    /// <summary>On a message that was put back: the dead letter that it was.</summary>
    public const string RequeuedFrom = "certctl-requeued-from";
}
