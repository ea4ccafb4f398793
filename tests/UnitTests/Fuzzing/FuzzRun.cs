using System.Diagnostics;
using System.Globalization;

namespace Certctl.UnitTests.Fuzzing;

/// <summary>Seeded inputs one after the other: none may throw, hang, or leave memory behind. CERTCTL_TEST_FUZZ says how many.</summary>
internal static class FuzzRun
{
    private static readonly TimeSpan LongestInput = TimeSpan.FromSeconds(2);

    /// <summary>What the second half of a run may leave behind. The first fills pools and caches, some 40 MB of them whether 50,000 inputs
    /// are read or 400,000, which would hide as large a leak.</summary>
    private const long MostBytesLeft = 16_000_000;

    public static int Inputs(int usual) =>
        int.TryParse(Environment.GetEnvironmentVariable("CERTCTL_TEST_FUZZ"), NumberStyles.None, CultureInfo.InvariantCulture, out var count) ? count : usual;

    /// <param name="seed">Of the run; input n is made from seed and n alone.</param>
    /// <param name="read">Whether the input was taken; refusing it is as good.</param>
    /// <returns>How many were taken and how many refused.</returns>
    public static (int Taken, int Refused) Over(int seed, Func<Random, byte[]> make, Func<byte[], bool> read)
    {
        var (count, taken, before) = (Inputs(2_000), 0, 0L);
        for (var n = 0; n < count; n++)
        {
            if (n == count / 2) before = GC.GetTotalMemory(forceFullCollection: true);
            var input = make(new Random(unchecked(seed * 1_000_003 + n)));
            var clock = Stopwatch.StartNew();
            try
            {
                if (read(input)) taken++;
            }
            catch (Exception e)
            {
                Assert.Fail($"input {n} of seed {seed} ({Convert.ToHexStringLower(input)}) throws {e}");
            }

            Assert.True(clock.Elapsed < LongestInput, $"input {n} of seed {seed} took {clock.Elapsed}: {Convert.ToHexStringLower(input)}");
        }

        Assert.InRange(GC.GetTotalMemory(forceFullCollection: true) - before, long.MinValue, MostBytesLeft);
        return (taken, count - taken);
    }
}
