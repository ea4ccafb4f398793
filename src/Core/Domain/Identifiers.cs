namespace Certctl.Core.Domain;

/// <summary>Makes ids: a prefix that names the kind, then a version 7 UUID, so that they sort by creation.</summary>
public static class Identifiers
{
    /// <summary>Longest id that any table takes.</summary>
    public const int MaxLength = 128;

    public static string New(string prefix, TimeProvider time) =>
        $"{prefix}-{Guid.CreateVersion7(time.GetUtcNow()):N}";

    /// <summary>Sorts before every id of this prefix that was made at this time or later, and after every older one.</summary>
    public static string FirstOf(string prefix, DateTimeOffset time) => $"{prefix}-{time.ToUnixTimeMilliseconds():x12}";
}
