using System.Globalization;

namespace Certctl.Load.AcmeSigned;

/// <summary>The names that flows ask for: each once in the life of the server, or from a pool.</summary>
/// <param name="pool">n0 to n(pool - 1) under the suffix; 0: fresh ones.</param>
internal sealed class FlowNames(string suffix, int pool)
{
    private readonly string run = Random.Shared.Next().ToString("x8", CultureInfo.InvariantCulture);
    private int last = -1;

    public string Next()
    {
        var number = Interlocked.Increment(ref last);
        return pool > 0 ? FormattableString.Invariant($"n{number % pool}.{suffix}") : FormattableString.Invariant($"f{number}-{run}.{suffix}");
    }
}
