namespace Certctl.Core.Domain.Agents;

/// <summary>Longest texts that an agent may say of itself, in UTF-16 code units.</summary>
public static class AgentMetadataLimits
{
    public const int Version = 50;
    public const int Hostname = 255;
    public const int Os = 50;
    public const int Architecture = 50;

    /// <summary>An IPv4-mapped IPv6 address in its longest form.</summary>
    public const int IpAddress = 45;

    /// <summary>Whether PostgreSQL stores the text: not too long, and without U+0000, which no text column takes.</summary>
    public static bool Allow(string? text, int maxLength) =>
        text is null || (text.Length <= maxLength && !text.Contains('\0', StringComparison.Ordinal));
}
