using System.Globalization;
using System.Text;

namespace Certctl.Loopback.Http;

/// <summary>What happens once the bytes of an answer are sent.</summary>
public enum AfterAnswer
{
    Close,

    /// <summary>The connection stays open and silent until the other side leaves.</summary>
    Hold,

    /// <summary>The connection is reset.</summary>
    Reset,
}

/// <summary>An HTTP answer, or what goes wrong instead of one.</summary>
public sealed record LoopbackAnswer(byte[] Bytes, AfterAnswer Then = AfterAnswer.Close)
{
    public static readonly LoopbackAnswer Reset = new([], AfterAnswer.Reset);
    public static readonly LoopbackAnswer Silence = new([], AfterAnswer.Hold);

    /// <summary>A whole answer with a body.</summary>
    public static LoopbackAnswer Text(string body, int status = 200, params string[] fields) => Raw(Head(body.Length, status, fields) + body);

    public static LoopbackAnswer Redirect(string location, int status = 302) => Text("", status, $"Location: {location}");

    /// <summary>Promises more than comes, and waits.</summary>
    public static LoopbackAnswer Slow(string beginning, int length) =>
        new(Encoding.Latin1.GetBytes(Head(length, 200, []) + beginning), AfterAnswer.Hold);

    public static LoopbackAnswer Raw(string text) => new(Encoding.Latin1.GetBytes(text));

    private static string Head(int length, int status, string[] fields) => string.Create(CultureInfo.InvariantCulture,
        $"HTTP/1.1 {status} x\r\nContent-Length: {length}\r\nConnection: close\r\n{string.Concat(fields.Select(f => f + "\r\n"))}\r\n");
}
