using System.Buffers.Binary;

namespace Certctl.Api.Agents;

/// <summary>SHA-256 of a token as a dictionary key without an allocation. Comparing hashes need not take constant time:
/// whoever could choose one would have broken SHA-256.</summary>
internal readonly record struct TokenHash(UInt128 High, UInt128 Low)
{
    public const int Length = 32;

    public static TokenHash Of(ReadOnlySpan<byte> sha256) =>
        new(BinaryPrimitives.ReadUInt128BigEndian(sha256[..16]), BinaryPrimitives.ReadUInt128BigEndian(sha256[16..]));
}
