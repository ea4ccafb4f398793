using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Certctl.AcmeService.Protocol;

namespace Certctl.AcmeService.RenewalInformation;

/// <summary>When a certificate should be renewed (RFC 9773 4.2): a pure function of the certificate, the same on every replica and
/// after every restart.</summary>
public static class RenewalWindow
{
    /// <summary>A window that is over by this much tells every client to renew now, also one whose clock runs behind.</summary>
    private static readonly TimeSpan Past = TimeSpan.FromHours(1);

    /// <param name="renewalWindowDays">The policy's days before expiry; the last third of the validity counts where that is less.</param>
    /// <param name="serialNumber">Spreads certificates of one day over the whole period. It has 128 random bits of this CA's,
    /// so that its hash needs no key.</param>
    public static SuggestedWindow Of(DateTimeOffset notBefore, DateTimeOffset notAfter, int renewalWindowDays, string serialNumber)
    {
        var validity = notAfter - notBefore;
        var third = validity / 3;
        var lead = renewalWindowDays > 0 && TimeSpan.FromDays(renewalWindowDays) < validity * 0.9 ? TimeSpan.FromDays(renewalWindowDays) : third;
        // The first two thirds of the lead: what is left is for trying again.
        var start = notAfter - lead;
        var period = lead * (2.0 / 3);
        var width = period / 4;
        var offset = (period - width) * Fraction(serialNumber);
        var from = WholeSeconds(start + offset);
        var to = WholeSeconds(start + offset + width);
        return new SuggestedWindow(from, to > from ? to : from + TimeSpan.FromSeconds(1));
    }

    /// <summary>The window of a certificate that must be replaced at once.</summary>
    /// <param name="since">When that became known.</param>
    public static SuggestedWindow AtOnce(DateTimeOffset since) => new(WholeSeconds(since - Past), WholeSeconds(since - Past / 2));

    private static double Fraction(string serialNumber)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(Encoding.ASCII.GetBytes(serialNumber), hash);
        return BinaryPrimitives.ReadUInt32BigEndian(hash) / (double)uint.MaxValue;
    }

    private static DateTimeOffset WholeSeconds(DateTimeOffset time) => new(time.UtcTicks - time.UtcTicks % TimeSpan.TicksPerSecond, TimeSpan.Zero);
}
