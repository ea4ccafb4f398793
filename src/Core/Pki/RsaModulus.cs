using System.Numerics;

namespace Certctl.Core.Pki;

/// <summary>What account keys and certificate keys are held to alike.</summary>
internal static class RsaModulus
{
    /// <summary>A modulus should have no factor below 752 (NIST SP 800-89 5.3.3).</summary>
    private static readonly BigInteger SmallPrimes =
        Enumerable.Range(2, 750).Where(n => Enumerable.Range(2, n - 2).All(divisor => n % divisor != 0)).Aggregate(BigInteger.One, (product, prime) => product * prime);

    public static bool HasSmallFactor(BigInteger modulus) => !BigInteger.GreatestCommonDivisor(modulus, SmallPrimes).IsOne;
}
