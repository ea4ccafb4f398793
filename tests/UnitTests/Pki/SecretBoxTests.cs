using System.Diagnostics;
using Certctl.Core.Pki;

namespace Certctl.UnitTests.Pki;

public class SecretBoxTests
{
    private static readonly string Key = new('k', 32);
    private static readonly string OtherKey = new('o', 40);

    [Fact]
    public void What_was_sealed_opens_with_the_same_associated_data()
    {
        using var box = new SecretBox(Key);
        var secret = box.Seal("private"u8, "row-1"u8);
        Assert.Equal("private"u8, box.Open(secret, "row-1"u8));
        Assert.Equal(16, secret.KeyId.Length);
        Assert.Equal(7 + 12 + 16, secret.Ciphertext.Length);
    }

    [Fact]
    public void The_key_id_depends_on_the_key_alone()
    {
        using var first = new SecretBox(Key);
        using var second = new SecretBox(Key);
        using var other = new SecretBox(OtherKey);
        Assert.Equal(first.KeyId, second.KeyId);
        Assert.NotEqual(first.KeyId, other.KeyId);
    }

    [Fact]
    public void A_secret_moved_to_another_row_does_not_open()
    {
        using var box = new SecretBox(Key);
        Assert.Throws<SecretBoxException>(() => box.Open(box.Seal("private"u8, "row-1"u8), "row-2"u8));
    }

    [Fact]
    public void An_altered_or_truncated_secret_does_not_open()
    {
        using var box = new SecretBox(Key);
        var secret = box.Seal("private"u8, []);
        for (var i = 0; i < secret.Ciphertext.Length; i++)
        {
            var altered = secret.Ciphertext.ToArray();
            altered[i] ^= 1;
            Assert.Throws<SecretBoxException>(() => box.Open(secret with { Ciphertext = altered }, []));
            Assert.Throws<SecretBoxException>(() => box.Open(secret with { Ciphertext = altered[..i] }, []));
        }
    }

    [Fact]
    public void After_a_rotation_the_previous_key_still_opens_and_the_new_one_seals()
    {
        using var before = new SecretBox(Key);
        using var after = new SecretBox(OtherKey, Key);
        Assert.Equal("old"u8, after.Open(before.Seal("old"u8, []), []));
        var error = Assert.Throws<SecretBoxException>(() => before.Open(after.Seal("new"u8, []), []));
        Assert.Contains(after.KeyId, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_key_shorter_than_32_bytes_is_refused() => Assert.Throws<ArgumentException>(() => new SecretBox(new string('k', 31)));

    [Fact]
    public void Many_threads_may_seal_and_open_at_once()
    {
        using var box = new SecretBox(Key);
        var start = Stopwatch.GetTimestamp();
        Parallel.For(0, 10_000, i =>
        {
            var row = BitConverter.GetBytes(i);
            Assert.Equal(row, box.Open(box.Seal(row, row), row));
        });
        Assert.True(Stopwatch.GetElapsedTime(start) < TimeSpan.FromSeconds(10));
    }
}
