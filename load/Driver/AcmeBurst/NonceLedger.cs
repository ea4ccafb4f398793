using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Certctl.Load.AcmeBurst;

/// <summary>Every nonce that was given, by its hash: none may be given twice (RFC 8555 6.5).</summary>
internal sealed class NonceLedger
{
    private readonly HashSet<ulong> seen = [];
    private readonly Lock gate = new();

    public long Repeated { get; private set; }

    public void Note(string nonce)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(Encoding.UTF8.GetBytes(nonce), hash);
        lock (gate)
            if (!seen.Add(BinaryPrimitives.ReadUInt64LittleEndian(hash))) Repeated++;
    }
}
