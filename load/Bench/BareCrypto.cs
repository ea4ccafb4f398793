using System.Diagnostics;
using System.Security.Cryptography;

namespace Certctl.Bench;

/// <summary>The least that a bulk can cost: a P-256 key pair and a signature for each certificate, on all cores, and nothing else.</summary>
internal static class BareCrypto
{
    /// <summary>About the length of what is signed of a leaf certificate, in bytes.</summary>
    private const int SignedLength = 700;

    /// <returns>Seconds.</returns>
    public static double Run(int count)
    {
        using var ca = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var signed = RandomNumberGenerator.GetBytes(SignedLength);
        var clock = Stopwatch.StartNew();
        Parallel.For(0, count, new ParallelOptions { MaxDegreeOfParallelism = Environment.ProcessorCount }, _ =>
        {
            using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
            key.ExportSubjectPublicKeyInfo();
            ca.SignData(signed, HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence);
        });
        return clock.Elapsed.TotalSeconds;
    }
}
