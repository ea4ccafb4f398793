using System.Buffers.Binary;
using System.Text;
using Certctl.Load.Loopback;

namespace Certctl.UnitTests.Load;

public sealed class DnsResponderTests
{
    private const ushort A = 1, Text = 16, Aaaa = 28, Caa = 257;
    private readonly DnsTable table = new();

    [Fact]
    public void Every_name_is_on_loopback()
    {
        var answer = DnsResponder.Answer(Query("a.example.test", A), table)!;

        Assert.Equal(1, Answers(answer));
        Assert.Equal([127, 0, 0, 1], answer[^4..]);
    }

    [Theory]
    [InlineData(Aaaa)]
    [InlineData(Caa)]
    public void Other_types_have_no_records(ushort type) => Assert.Equal(0, Answers(DnsResponder.Answer(Query("a.example.test", type), table)!));

    [Fact]
    public void Texts_of_one_name_are_all_answered_until_they_are_removed()
    {
        table.AddText("_acme-challenge.A.example.test.", "one");
        table.AddText("_acme-challenge.a.example.test", "two");
        table.AddText("_acme-challenge.b.example.test", "three");
        Assert.Equal(2, Answers(DnsResponder.Answer(Query("_acme-challenge.a.example.test", Text), table)!));

        table.RemoveText("_acme-challenge.a.example.test", "one");
        var answer = DnsResponder.Answer(Query("_ACME-challenge.a.example.test", Text), table)!;
        Assert.Equal(1, Answers(answer));
        Assert.Equal("\u0003two", Encoding.ASCII.GetString(answer[^4..]));
    }

    [Fact]
    public void The_identifier_and_the_question_come_back()
    {
        var query = Query("a.example.test", A);
        var answer = DnsResponder.Answer(query, table)!;

        Assert.Equal(query[..2], answer[..2]);
        Assert.Equal(query[12..], answer[12..query.Length]);
        Assert.Equal(0x80, answer[2] & 0x80);
    }

    [Fact]
    public void What_is_no_query_gets_no_answer()
    {
        var response = Query("a.example.test", A);
        response[2] |= 0x80;
        Assert.Null(DnsResponder.Answer(response, table));
        var whole = Query("a.example.test", A);
        for (var length = 0; length < whole.Length; length++) Assert.Null(DnsResponder.Answer(whole.AsSpan(0, length), table));
    }

    private static int Answers(byte[] message) => BinaryPrimitives.ReadUInt16BigEndian(message.AsSpan(6));

    private static byte[] Query(string name, ushort type)
    {
        List<byte> query = [0xAB, 0xCD, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0];
        foreach (var label in name.Split('.')) query.AddRange([(byte)label.Length, .. Encoding.ASCII.GetBytes(label)]);
        query.AddRange([0, (byte)(type >> 8), (byte)type, 0, 1]);
        return [.. query];
    }
}
