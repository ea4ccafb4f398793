using System.Diagnostics.CodeAnalysis;
using System.Formats.Asn1;
using System.Security.Cryptography;

namespace Certctl.Core.Pki;

/// <summary>The kinds of subject keys that certctl certifies.</summary>
public enum KeyKind { Ecdsa, Rsa, Ed25519 }

/// <summary>
/// A public key that is fit for a certificate in kind, curve, size and exponent. That its owner holds the private key, and that
/// an EC point lies on its curve, is for the proof of possession to show.
/// </summary>
public sealed class SubjectPublicKey
{
    private const int MinRsaBits = 2048;
    private const int MaxRsaBits = 8192;

    private SubjectPublicKey(ReadOnlyMemory<byte> info, KeyKind kind, int size, ReadOnlyMemory<byte> bits)
    {
        (Info, Kind, Size, Bits) = (info, kind, size, bits);
        // RFC 7093 2 method 1: the left-most 160 bits of SHA-256, instead of RFC 5280's SHA-1.
        Identifier = SHA256.HashData(bits.Span).AsMemory(0, 20);
    }

    /// <summary>DER SubjectPublicKeyInfo.</summary>
    public ReadOnlyMemory<byte> Info { get; }

    public KeyKind Kind { get; }

    /// <summary>Bits: the modulus of RSA, the field of a curve (256, 384; Ed25519 has 256).</summary>
    public int Size { get; }

    /// <summary>The subject key identifier, 20 bytes.</summary>
    public ReadOnlyMemory<byte> Identifier { get; }

    /// <summary>The algorithm as it is stored and shown beside the size: <c>ECDSA</c>, <c>RSA</c>, <c>Ed25519</c>.</summary>
    public string Algorithm => Kind switch { KeyKind.Ecdsa => "ECDSA", KeyKind.Rsa => "RSA", _ => "Ed25519" };

    internal ReadOnlyMemory<byte> Bits { get; }

    /// <summary>Reads a DER SubjectPublicKeyInfo; the error is a sentence that says what is wrong or too weak.</summary>
    public static bool TryParse(
        ReadOnlyMemory<byte> info, [NotNullWhen(true)] out SubjectPublicKey? key, [NotNullWhen(false)] out string? error)
    {
        try
        {
            (key, error) = Parse(info);
        }
        catch (AsnContentException)
        {
            (key, error) = (null, "the public key is not valid DER");
        }

        return error is null;
    }

    private static (SubjectPublicKey?, string?) Parse(ReadOnlyMemory<byte> info)
    {
        var outer = new AsnReader(info, AsnEncodingRules.DER);
        var sequence = outer.ReadSequence();
        outer.ThrowIfNotEmpty();
        var algorithm = sequence.ReadSequence();
        if (!sequence.TryReadPrimitiveBitString(out var unused, out var bits) || unused != 0) return (null, "the public key is not a whole number of octets");
        sequence.ThrowIfNotEmpty();

        var oid = algorithm.ReadObjectIdentifier();
        switch (oid)
        {
            case Oids.EcPublicKey:
                if (!algorithm.PeekTag().HasSameClassAndValue(Asn1Tag.ObjectIdentifier)) return (null, "EC keys with explicit curve parameters are not supported");
                var curve = algorithm.ReadObjectIdentifier();
                algorithm.ThrowIfNotEmpty();
                var size = curve switch { Oids.Secp256R1 => 256, Oids.Secp384R1 => 384, _ => 0 };
                if (size == 0) return (null, $"the curve {curve} is not supported; use P-256 or P-384");
                return bits.Length == 1 + size / 4 && bits.Span[0] == 4
                    ? (new SubjectPublicKey(info, KeyKind.Ecdsa, size, bits), null)
                    : (null, "the EC point is not in uncompressed form (RFC 5480 2.2)");
            case Oids.RsaEncryption:
                if (algorithm.HasData) algorithm.ReadNull();
                algorithm.ThrowIfNotEmpty();
                return Rsa(info, bits);
            case Oids.Ed25519:
                algorithm.ThrowIfNotEmpty();
                return bits.Length == 32
                    ? (new SubjectPublicKey(info, KeyKind.Ed25519, 256, bits), null)
                    : (null, "an Ed25519 public key has 32 octets");
            default:
                return (null, $"the key algorithm {oid} is not supported; use RSA, ECDSA or Ed25519");
        }
    }

    private static (SubjectPublicKey?, string?) Rsa(ReadOnlyMemory<byte> info, ReadOnlyMemory<byte> bits)
    {
        var outer = new AsnReader(bits, AsnEncodingRules.DER);
        var numbers = outer.ReadSequence();
        outer.ThrowIfNotEmpty();
        var modulus = numbers.ReadInteger();
        var exponent = numbers.ReadInteger();
        numbers.ThrowIfNotEmpty();
        var size = (int)Math.Min(modulus.GetBitLength(), int.MaxValue);
        if (modulus.Sign < 0 || modulus.IsEven) return (null, "the RSA modulus is not a positive odd number");
        if (size is < MinRsaBits or > MaxRsaBits) return (null, $"the RSA key has {size} bits; {MinRsaBits} to {MaxRsaBits} are accepted");
        if (RsaModulus.HasSmallFactor(modulus)) return (null, "the RSA modulus has a small factor");
        // CA/Browser Forum baseline requirements 6.1.6: odd, 2^16+1 or more; the bound above is what common stacks can verify.
        return exponent.IsEven || exponent < 65537 || exponent.GetBitLength() > 64
            ? (null, "the RSA public exponent is not an odd number from 65537 up to 64 bits")
            : (new SubjectPublicKey(info, KeyKind.Rsa, size, bits), null);
    }
}
