using System.Formats.Asn1;

namespace Certctl.UnitTests.Fuzzing;

/// <summary>DER that nearly is what it should be: most mutations keep the lengths around them right, so that they get past the first
/// look of a parser.</summary>
internal static class DerMutations
{
    private static readonly byte[] Tags = [0x01, 0x02, 0x03, 0x04, 0x05, 0x06, 0x0c, 0x13, 0x16, 0x17, 0x18, 0x1e, 0x30, 0x31, 0x80, 0x82, 0x87, 0xa0, 0xa3, 0x1f, 0xff];

    /// <summary>Bounded: repeated elements repeated again would fill memory, in this process and not in what is tested.</summary>
    private const int Longest = 200_000;

    public static byte[] Of(byte[] der, Random random)
    {
        for (var more = random.Next(1, 4); more > 0 && der.Length is > 0 and < Longest; more--) der = Once(der, random);
        return der;
    }

    private static byte[] Once(byte[] der, Random random)
    {
        if (random.Next(4) == 0) return Blindly(der, random);
        var root = Node.Read(der);
        if (root is null) return Blindly(der, random);
        var node = root;
        while (node.Children is { Count: > 0 } children && random.Next(6) != 0) node = children[random.Next(children.Count)];
        var others = root.All().ToList();
        switch (random.Next(8))
        {
            case 0: node.Tag = Tags[random.Next(Tags.Length)]; break;
            case 1: node.Set([]); break;
            case 2: node.Set(Bytes(random, random.Next(1, 64))); break;
            case 3: node.Set(Bytes(random, 3000)); break;
            case 4: node.Repeat = random.Next(2, 50); break;
            case 5: node.Repeat = 0; break;
            case 6: node.Become(others[random.Next(others.Count)]); break;
            default: node.Depth = random.Next(1, 300); break;
        }

        return root.Encode();
    }

    private static byte[] Blindly(byte[] bytes, Random random)
    {
        var (from, to) = (random.Next(bytes.Length), random.Next(bytes.Length));
        if (from > to) (from, to) = (to, from);
        switch (random.Next(4))
        {
            case 0: return bytes[..to];
            case 1: return [.. bytes[..from], .. bytes[to..]];
            case 2: return [.. bytes[..to], .. bytes[from..]];
            default:
                var flipped = (byte[])bytes.Clone();
                for (var i = random.Next(1, 5); i > 0; i--) flipped[random.Next(bytes.Length)] ^= (byte)(1 << random.Next(8));
                return flipped;
        }
    }

    private static byte[] Bytes(Random random, int count)
    {
        var bytes = new byte[count];
        random.NextBytes(bytes);
        return bytes;
    }

    /// <summary>One element of a DER tree; single-byte tags, which are all that these formats have.</summary>
    private sealed class Node
    {
        private byte[] content = [];

        public byte Tag { get; set; }

        public List<Node>? Children { get; private set; }

        public int Repeat { get; set; } = 1;

        /// <summary>Sequences around it.</summary>
        public int Depth { get; set; }

        public static Node? Read(ReadOnlySpan<byte> der)
        {
            try
            {
                var tag = AsnDecoder.ReadEncodedValue(der, AsnEncodingRules.BER, out var offset, out var length, out var consumed);
                if (consumed != der.Length) return null;
                var node = new Node { Tag = der[0], content = der.Slice(offset, length).ToArray() };
                // Octet and bit strings often hold DER themselves.
                if (tag.IsConstructed || der[0] is 0x04) node.Children = Sequence(node.content);
                return node;
            }
            catch (AsnContentException)
            {
                return null;
            }
        }

        public IEnumerable<Node> All() => Children is null ? [this] : Children.SelectMany(c => c.All()).Prepend(this);

        public void Set(byte[] bytes) => (content, Children) = (bytes, null);

        public void Become(Node other)
        {
            // As it is now: it may be one of this node's ancestors.
            var encoded = other.Encode();
            if (Read(encoded) is { } copy) (Tag, content, Children) = (copy.Tag, copy.content, copy.Children);
        }

        public byte[] Encode()
        {
            var body = Children is null ? content : [.. Children.SelectMany(c => c.Encode())];
            var one = Wrap(Tag, body);
            for (var i = 0; i < Depth; i++) one = Wrap(0x30, one);
            return [.. Enumerable.Repeat(one, Repeat).SelectMany(b => b)];
        }

        private static List<Node>? Sequence(ReadOnlySpan<byte> bytes)
        {
            var nodes = new List<Node>();
            while (!bytes.IsEmpty)
            {
                try
                {
                    AsnDecoder.ReadEncodedValue(bytes, AsnEncodingRules.BER, out _, out _, out var consumed);
                    if (Read(bytes[..consumed]) is not { } node) return null;
                    nodes.Add(node);
                    bytes = bytes[consumed..];
                }
                catch (AsnContentException)
                {
                    return null;
                }
            }

            return nodes;
        }

        private static byte[] Wrap(byte tag, byte[] body) => body.Length switch
        {
            < 0x80 => [tag, (byte)body.Length, .. body],
            < 0x100 => [tag, 0x81, (byte)body.Length, .. body],
            < 0x10000 => [tag, 0x82, (byte)(body.Length >> 8), (byte)body.Length, .. body],
            _ => [tag, 0x83, (byte)(body.Length >> 16), (byte)(body.Length >> 8), (byte)body.Length, .. body],
        };
    }
}
