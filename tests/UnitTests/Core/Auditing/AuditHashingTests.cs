using System.Security.Cryptography;
using Certctl.Core.Auditing;
using Certctl.Core.Domain.Access;

namespace Certctl.UnitTests.Core.Auditing;

public sealed class AuditHashingTests
{
    private static readonly DateTimeOffset Time = new(2026, 11, 25, 12, 0, 0, TimeSpan.Zero);
    private static readonly byte[] Key = [.. Enumerable.Range(0, 32).Select(n => (byte)n)];

    [Fact]
    public void The_canonical_form_is_what_the_documentation_says()
    {
        // Written down byte by byte: whoever verifies by other means relies on it.
        byte[] canonical =
        [
            0, 0, 0, 0, 0, 0, 0, 7,
            0, 0, 0, 0, 0, 0, 0, 1,
            .. "\0\0\0\0\0\0\0\u0001a"u8, .. "\0\0\0\0\0\0\0\u0001b"u8, .. "\0\0\0\0\0\0\0\u0001c"u8,
            .. "\0\0\0\0\0\0\0\u0001d"u8, .. "\0\0\0\0\0\0\0\u0001e"u8, .. "\0\0\0\0\0\0\0\u0002{}"u8,
        ];
        Assert.Equal(SHA256.HashData(canonical), Hash(Event() with { Timestamp = DateTimeOffset.UnixEpoch.AddMicroseconds(1) }));
    }

    [Fact]
    public void Every_field_of_an_event_counts()
    {
        var changed = new[]
        {
            Event() with { Id = 8 }, Event() with { Actor = "x" }, Event() with { ActorType = "x" }, Event() with { Action = "x" },
            Event() with { ResourceType = "x" }, Event() with { ResourceId = "x" }, Event() with { Details = "[]" },
            Event() with { Timestamp = Time.AddMicroseconds(1) },
            // The same letters, divided otherwise.
            Event() with { Actor = "ab", ActorType = "" },
        };
        Assert.Equal(changed.Length + 1, changed.Append(Event()).Select(e => Convert.ToHexString(Hash(e))).Distinct().Count());
    }

    [Fact]
    public void A_seal_covers_the_one_before_the_range_the_count_the_time_and_the_key()
    {
        var hash = new byte[32];
        byte[] Seal(byte[]? key = null, byte[]? previous = null, long from = 1, long to = 9, long count = 5, byte[]? events = null, DateTimeOffset? at = null) =>
            AuditHashing.Seal(key ?? Key, previous, from, to, count, events ?? hash, at ?? Time);
        byte[] one = [.. hash];
        one[31] = 1;
        var seals = new[]
        {
            Seal(), Seal(key: one), Seal(previous: one), Seal(from: 2), Seal(to: 10), Seal(count: 6), Seal(events: one), Seal(at: Time.AddMicroseconds(1)),
        };
        Assert.Equal(seals.Length, seals.Select(Convert.ToHexString).Distinct().Count());
        Assert.Equal(Seal(), Seal(at: Time.AddTicks(9)));
    }

    private static byte[] Hash(Sample sample)
    {
        using var hashing = new AuditHashing();
        hashing.Append(new AuditEvent
        {
            Id = sample.Id,
            Actor = sample.Actor,
            ActorType = sample.ActorType,
            Action = sample.Action,
            ResourceType = sample.ResourceType,
            ResourceId = sample.ResourceId,
            Details = sample.Details,
            Timestamp = sample.Timestamp,
        });
        Assert.Equal(1, hashing.Count);
        return hashing.Finish();
    }

    private static Sample Event() => new(7, "a", "b", "c", "d", "e", "{}", Time);

    private sealed record Sample(
        long Id, string Actor, string ActorType, string Action, string ResourceType, string ResourceId, string Details, DateTimeOffset Timestamp);
}
