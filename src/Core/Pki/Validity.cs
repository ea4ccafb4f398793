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

    /// <summary>Cut to the issuer's own validity: nothing outlives the CA that vouches for it.</summary>
    public Validity Within(CertificateAuthority issuer) => new(
        NotBefore > issuer.NotBefore ? NotBefore : issuer.NotBefore,
        NotAfter < issuer.NotAfter ? NotAfter : issuer.NotAfter);

    private static DateTimeOffset WholeSeconds(DateTimeOffset time) =>
        new(time.UtcTicks - time.UtcTicks % TimeSpan.TicksPerSecond, TimeSpan.Zero);
}
