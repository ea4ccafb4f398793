using System.Buffers;
using System.Text;
using Certctl.Api.Agents;
using Certctl.Contracts;

namespace Certctl.UnitTests.Fuzzing;

public sealed class HeartbeatFuzzTests
{
    private static readonly AgentMetadata Known = new("1.0", "host", "linux", "amd64", "10.0.0.1");
    private static readonly string[] Fields = ["body", "version", "hostname", "os", "architecture", "ip_address"];

    [Fact]
    public void Mutated_heartbeats_are_read_or_refused_by_field()
    {
        var original = Encoding.UTF8.GetBytes("""{"version":"2.0","hostname":"h\u00f6st","os":"linux","architecture":"amd64","ip_address":"10.0.0.2","load":{"cpu":[1,2.5e3]}}""");
        var (taken, refused) = FuzzRun.Over(20, random => ByteMutations.Of(original, random), json =>
        {
            // As Kestrel hands it over: in pieces.
            var split = json.Length / 2;
            var read = HeartbeatBody.TryRead(Pieces(json[..split], json[split..]), Known, out var changes, out var field, out var error);
            Assert.True(read || (Fields.Contains(field) && error.Length is > 0 and < 200));
            if (changes is not null) Assert.DoesNotContain('\0', $"{changes}");
            return read;
        });
        Assert.True(taken > 20 && refused > 500, $"{taken} were read and {refused} refused: these mutations show nothing");
    }

    private static ReadOnlySequence<byte> Pieces(byte[] first, byte[] second)
    {
        var start = new Piece(first, 0);
        var end = new Piece(second, first.Length);
        start.Append(end);
        return new ReadOnlySequence<byte>(start, 0, end, second.Length);
    }

    private sealed class Piece : ReadOnlySequenceSegment<byte>
    {
        public Piece(byte[] bytes, long at) => (Memory, RunningIndex) = (bytes, at);

        public void Append(Piece next) => Next = next;
    }
}
