using Certctl.Core.Domain;

namespace Certctl.Core.Persistence;

/// <summary>Ids that statements make: the same as those of <see cref="Identifiers.New"/>.</summary>
public static class SqlIdentifiers
{
    /// <summary>An SQL expression: the prefix, then a version 7 UUID of this time. What sorts by creation goes to the end of
    /// its indexes; random ids would dirty a page of each index for every row.</summary>
    /// <param name="prefix">A constant of ours, never an outside text.</param>
    /// <param name="time">An SQL expression of type timestamptz.</param>
    public static string New(string prefix, string time) =>
        $"'{prefix}-' || lpad(to_hex(floor(extract(epoch FROM {time}) * 1000)::bigint), 12, '0') || '7' || substr(replace(gen_random_uuid()::text, '-', ''), 14)";
}
