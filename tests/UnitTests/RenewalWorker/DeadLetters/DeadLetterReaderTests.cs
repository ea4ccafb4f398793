using System.Text;
using System.Text.Json;
using Certctl.Core.Domain.DeadLetters;
using Certctl.RenewalWorker.DeadLetters;
using Microsoft.Extensions.Time.Testing;
using RabbitMQ.Client;

namespace Certctl.UnitTests.RenewalWorker.DeadLetters;

public sealed class DeadLetterReaderTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 25, 12, 0, 0, TimeSpan.Zero);
    private static readonly FakeTimeProvider Time = new(Now);

    private const string Envelope = """
        {"messageId":"0b2e0000-5d2e-0015-6e4a-08dc4a8b1c7d","messageType":["urn:message:Certctl.Contracts:RenewCertificate"],"message":{"renewalId":"rn-1"}}
        """;

    [Fact]
    public void What_a_consumer_threw_is_its_reason()
    {
        var letter = Read("renew-certificate_error", Envelope, new()
        {
            ["MT-Fault-ExceptionType"] = Bytes("System.InvalidOperationException"),
            ["MT-Fault-Message"] = Bytes("no such thing"),
            ["MT-Fault-StackTrace"] = Bytes("at Somewhere()"),
            ["MT-Fault-Timestamp"] = Bytes("2026-11-25T11:59:00.0000000Z"),
            ["MT-Activity-Id"] = Bytes("00-abc-01"),
        });
        Assert.Equal((DeadLetterKind.Faulted, "renew-certificate", "renew-certificate_error"), (letter.Kind, letter.Queue, letter.FoundIn));
        Assert.Equal(("no such thing", "System.InvalidOperationException", "at Somewhere()"), (letter.Reason, letter.ExceptionType, letter.StackTrace));
        Assert.Equal(("Certctl.Contracts:RenewCertificate", "0b2e0000-5d2e-0015-6e4a-08dc4a8b1c7d"), (letter.MessageType, letter.MessageId));
        Assert.Equal(Now.AddMinutes(-1), letter.FailedAt);
        Assert.Equal("""{"MT-Activity-Id":"00-abc-01"}""", letter.Headers);
    }

    [Fact]
    public void What_no_consumer_knows_says_so()
    {
        var letter = Read("renew-certificates_skipped", Envelope, new() { ["MT-Reason"] = Bytes("dead-letter") });
        Assert.Equal((DeadLetterKind.Skipped, "renew-certificates", Now), (letter.Kind, letter.Queue, letter.FailedAt));
        Assert.NotEmpty(letter.Reason);
    }

    [Fact]
    public void What_rabbitmq_gave_up_on_names_its_queue_and_why()
    {
        var letter = Read("dead-letters", Envelope, new()
        {
            ["x-death"] = new List<object?>
            {
                new Dictionary<string, object?>
                {
                    ["queue"] = Bytes("start-bulk-renewal"), ["reason"] = Bytes("delivery_limit"), ["count"] = 1L,
                    ["time"] = new AmqpTimestamp(Now.AddHours(-1).ToUnixTimeSeconds()),
                },
            },
        });
        Assert.Equal((DeadLetterKind.GivenUp, "start-bulk-renewal", Now.AddHours(-1)), (letter.Kind, letter.Queue, letter.FailedAt));
        Assert.Contains("again and again", letter.Reason, StringComparison.Ordinal);
        Assert.Equal("{}", letter.Headers);
    }

    [Fact]
    public void A_message_that_is_delivered_again_has_the_same_fingerprint_and_another_failure_has_not()
    {
        byte[] Of(string at, object? deliveries) => Read("renew-certificate_error", Envelope, new()
        {
            ["MT-Fault-Timestamp"] = Bytes(at),
            ["x-delivery-count"] = deliveries,
        }).Fingerprint;
        Assert.Equal(Of("2026-11-25T11:59:00Z", null), Of("2026-11-25T11:59:00Z", 3L));
        Assert.NotEqual(Of("2026-11-25T11:59:00Z", null), Of("2026-11-25T11:59:01Z", null));
    }

    [Theory]
    [InlineData("")]
    [InlineData("\0\0\0")]
    [InlineData("no json at all")]
    [InlineData("[1,2,3]")]
    [InlineData("{\"messageId\":17,\"messageType\":\"text\"}")]
    [InlineData("{\"messageId\":\"\\ud800\",\"messageType\":[]}")]
    [InlineData("{\"messageType\":[null]}")]
    public void Garbage_is_written_down_as_it_is(string body)
    {
        var letter = Read("start-bulk-renewal_error", body, []);
        Assert.Null(letter.MessageType);
        Assert.Equal(body, Encoding.UTF8.GetString(letter.Body));
        Assert.True(letter.IsWhole);
    }

    [Fact]
    public void Whatever_a_stranger_writes_into_headers_and_body_fits_into_a_row()
    {
        var letter = Read("start-bulk-renewal_error", new string('x', DeadLetter.MaxBodySize + 7), new()
        {
            ["MT-Fault-ExceptionType"] = Bytes(new string('\ud83d', 1) + "\0"),
            ["MT-Fault-Message"] = Bytes(string.Concat(Enumerable.Repeat("\ud83d\ude00", 2000))),
            ["bytes"] = new byte[] { 0xff, 0x00 },
            ["nested"] = new List<object?> { 1, null, new Dictionary<string, object?> { ["a"] = true } },
            ["long"] = new string('y', 5000),
        });
        Assert.Equal((DeadLetter.MaxBodySize, DeadLetter.MaxBodySize + 7, false), (letter.Body.Length, letter.BodySize, letter.IsWhole));
        Assert.DoesNotContain('\0', letter.ExceptionType!);
        Assert.Equal(2000, letter.Reason.Length);
        Assert.Equal(letter.Reason, Encoding.UTF8.GetString(new UTF8Encoding(false, throwOnInvalidBytes: true).GetBytes(letter.Reason)));
        var headers = JsonDocument.Parse(letter.Headers).RootElement;
        Assert.Equal("1; ; a=True", headers.GetProperty("nested").GetString());
        Assert.Equal(1024, headers.GetProperty("long").GetString()!.Length);
        Assert.DoesNotContain("\\u0000", letter.Headers, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("ä")]
    [InlineData("\ud83d\ude00")]
    [InlineData("x")]
    public void What_AMQP_measures_in_bytes_is_cut_by_bytes(string character)
    {
        var many = string.Concat(Enumerable.Repeat(character, 300));
        var letter = Read("start-bulk-renewal_error", JsonSerializer.Serialize(new { messageId = many }), new() { [many] = "value" });
        Assert.InRange(Encoding.UTF8.GetByteCount(letter.MessageId!), 250, 255);
        Assert.StartsWith(letter.MessageId!, many, StringComparison.Ordinal);
        Assert.InRange(Encoding.UTF8.GetByteCount(JsonDocument.Parse(letter.Headers).RootElement.EnumerateObject().Single().Name), 120, 128);
    }

    [Fact]
    public void Headers_fit_into_a_frame()
    {
        var letter = Read("start-bulk-renewal_error", "", Enumerable.Range(0, 64).ToDictionary(n => $"header {n}", object? (_) => new string('\u20ac', 1024)));
        Assert.InRange(Encoding.UTF8.GetByteCount(string.Concat(JsonSerializer.Deserialize<Dictionary<string, string>>(letter.Headers)!.Values)), 1, 64 * 1024);
    }

    private static DeadLetter Read(string foundIn, string body, Dictionary<string, object?> headers) =>
        DeadLetterReader.Read(foundIn, new BasicProperties { Headers = headers }, Encoding.UTF8.GetBytes(body), Time);

    private static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text);
}
