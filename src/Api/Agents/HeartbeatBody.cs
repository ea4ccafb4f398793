using System.Buffers;
using System.Text.Json;
using Certctl.Contracts;
using Certctl.Core.Domain.Agents;

namespace Certctl.Api.Agents;

/// <summary>Reads a heartbeat's optional body. Unknown fields are passed over: an agent may be newer than its server.</summary>
internal static class HeartbeatBody
{
    /// <summary>In bytes.</summary>
    public const int MaxLength = 8 * 1024;

    /// <summary>What the agent says that differs from what is known, without allocating for what does not.</summary>
    /// <param name="changes">Null when it says nothing new; else only the fields that changed.</param>
    /// <param name="field">The field that is wrong when this returns false; <c>body</c> when it is no JSON object at all.</param>
    public static bool TryRead(
        in ReadOnlySequence<byte> json, AgentMetadata known, out AgentMetadata? changes, out string field, out string error)
    {
        (changes, field, error) = (null, "body", "");
        if (json.IsEmpty) return true;
        try
        {
            var reader = new Utf8JsonReader(json);
            reader.Read();
            if (reader.TokenType != JsonTokenType.StartObject) return Fail("must be a JSON object", out error);
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                field = FieldOf(ref reader);
                reader.Read();
                if (field.Length == 0) reader.Skip();
                else if (!TryReadText(ref reader, field, known, ref changes, out error)) return false;
            }

            field = "body";
            return !reader.Read() || Fail("must be one JSON object", out error);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // InvalidOperationException: a text that is not valid UTF-8 or an unpaired surrogate.
            if (field.Length == 0) field = "body";
            return Fail("is not valid JSON in UTF-8", out error);
        }
    }

    private static bool TryReadText(
        ref Utf8JsonReader reader, string field, AgentMetadata known, ref AgentMetadata? changes, out string error)
    {
        error = "";
        if (reader.TokenType == JsonTokenType.Null) return true;
        if (reader.TokenType != JsonTokenType.String) return Fail("must be a text", out error);
        var (stored, limit) = field switch
        {
            "version" => (known.Version, AgentMetadataLimits.Version),
            "hostname" => (known.Hostname, AgentMetadataLimits.Hostname),
            "os" => (known.Os, AgentMetadataLimits.Os),
            "architecture" => (known.Architecture, AgentMetadataLimits.Architecture),
            _ => (known.IpAddress, AgentMetadataLimits.IpAddress),
        };
        if (stored is not null && reader.ValueTextEquals(stored)) return true;
        var text = reader.GetString()!;
        if (!AgentMetadataLimits.Allow(text, limit)) return Fail($"must be at most {limit} characters, none of them U+0000", out error);
        changes ??= AgentRow.Empty.Metadata;
        changes = field switch
        {
            "version" => changes with { Version = text },
            "hostname" => changes with { Hostname = text },
            "os" => changes with { Os = text },
            "architecture" => changes with { Architecture = text },
            _ => changes with { IpAddress = text },
        };
        return true;
    }

    /// <summary>Empty when the field is none of ours.</summary>
    private static string FieldOf(ref Utf8JsonReader reader) =>
        reader.ValueTextEquals("version"u8) ? "version"
        : reader.ValueTextEquals("hostname"u8) ? "hostname"
        : reader.ValueTextEquals("os"u8) ? "os"
        : reader.ValueTextEquals("architecture"u8) ? "architecture"
        : reader.ValueTextEquals("ip_address"u8) ? "ip_address"
        : "";

    private static bool Fail(string message, out string error)
    {
        error = message;
        return false;
    }
}
