namespace Certctl.Core.Pki;

/// <summary>A certificate's validity in whole seconds, both ends included (RFC 5280 4.1.2.5).</summary>
public readonly record struct Validity(DateTimeOffset NotBefore, DateTimeOffset NotAfter)
{
    /// <summary>How far notBefore lies in the past, for relying parties whose clocks run behind.</summary>
    public static readonly TimeSpan Backdate = TimeSpan.FromMinutes(1);

    /// <summary>Back-dated by a minute. The whole period, back-dating included, is <paramref name="lifetime"/>, so that a profile's maximum holds to the letter.</summary>
    public static Validity Starting(DateTimeOffset now, TimeSpan lifetime)
    {
        var notBefore = WholeSeconds(now - Backdate);
        return new Validity(notBefore, WholeSeconds(notBefore + lifetime) - TimeSpan.FromSeconds(1));
    }

    /// <summary>What was asked for, within a maximum; an end that is left open gets what the maximum leaves. Null when it is
    /// longer than the maximum, ends before it begins, or is over.</summary>
    public static Validity? Of(DateTimeOffset? notBefore, DateTimeOffset? notAfter, DateTimeOffset now, TimeSpan maximum)
    {
        var usual = Starting(now, maximum);
        // Both ends count (RFC 5280 4.1.2.5).
        var reach = maximum - TimeSpan.FromSeconds(1);
        if (notAfter is null) return notBefore is null ? usual : new Validity(WholeSeconds(notBefore.Value), WholeSeconds(notBefore.Value) + reach);
        var to = WholeSeconds(notAfter.Value);
        // Before anything is taken from it: it may be the first of all days.
        if (to <= now) return null;
        var earliest = to - reach;
        var from = notBefore is { } given ? WholeSeconds(given) : earliest > usual.NotBefore ? earliest : usual.NotBefore;
        return to > from && from >= earliest && (notBefore is not null || from <= now) ? new Validity(from, to) : null;
    }

    /// <summary>Cut to the issuer's own validity: nothing outlives the CA that vouches for it.</summary>
    public Validity Within(CertificateAuthority issuer) => new(
        NotBefore > issuer.NotBefore ? NotBefore : issuer.NotBefore,
        NotAfter < issuer.NotAfter ? NotAfter : issuer.NotAfter);

    private static DateTimeOffset WholeSeconds(DateTimeOffset time) =>
        new(time.UtcTicks - time.UtcTicks % TimeSpan.TicksPerSecond, TimeSpan.Zero);
}
