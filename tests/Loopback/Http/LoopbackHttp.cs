using System.Collections.Concurrent;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace Certctl.Loopback.Http;

/// <summary>A web server on loopback that answers http-01, or whatever a test wants it to. One request a connection.</summary>
public sealed class LoopbackHttp : IAsyncDisposable
{
    private const string ChallengePath = "/.well-known/acme-challenge/";
    private readonly ConcurrentDictionary<string, LoopbackAnswer> answers = [];
    private readonly X509Certificate2? certificate;
    private readonly LoopbackListener listener;

    /// <summary>Starts at once.</summary>
    /// <param name="port">0 for any that is free.</param>
    /// <param name="certificate">With one it speaks https.</param>
    /// <param name="address">127.0.0.1 unless given.</param>
    public LoopbackHttp(int port = 0, X509Certificate2? certificate = null, IPAddress? address = null)
    {
        this.certificate = certificate;
        listener = new LoopbackListener(new IPEndPoint(address ?? IPAddress.Loopback, port), ServeAsync);
    }

    public int Port => listener.Port;

    /// <summary>Told of the head of every request, before it is answered.</summary>
    public Action<string>? Received { get; set; }

    /// <summary>Provisions an http-01 response (RFC 8555 8.3).</summary>
    public void Present(string token, string keyAuthorization) => Answer(ChallengePath + token, LoopbackAnswer.Text(keyAuthorization));

    public void Withdraw(string token) => answers.TryRemove(ChallengePath + token, out _);

    /// <summary>Sets the answer to a path with its query; all else is 404.</summary>
    public void Answer(string path, LoopbackAnswer answer) => answers[path] = answer;

    public ValueTask DisposeAsync() => listener.DisposeAsync();

    private async Task ServeAsync(NetworkStream stream, CancellationToken cancellationToken)
    {
        if (certificate is null)
        {
            await AnswerAsync(stream, stream.Socket, cancellationToken);
            return;
        }

        await using var tls = new SslStream(stream, leaveInnerStreamOpen: true);
        await tls.AuthenticateAsServerAsync(new SslServerAuthenticationOptions { ServerCertificate = certificate }, cancellationToken);
        await AnswerAsync(tls, stream.Socket, cancellationToken);
    }

    private async Task AnswerAsync(Stream stream, Socket socket, CancellationToken cancellationToken)
    {
        var buffer = new byte[8192];
        var length = 0;
        while (length < buffer.Length && !buffer.AsSpan(0, length).EndsWith("\r\n\r\n"u8))
        {
            var read = await stream.ReadAsync(buffer.AsMemory(length), cancellationToken);
            if (read == 0) return;
            length += read;
        }

        var head = Encoding.Latin1.GetString(buffer, 0, length);
        Received?.Invoke(head);
        var answer = answers.GetValueOrDefault(head.Split(' ', 3)[1]) ?? LoopbackAnswer.Text("not found", 404);
        await stream.WriteAsync(answer.Bytes, cancellationToken);
        await stream.FlushAsync(cancellationToken);
        if (answer.Then == AfterAnswer.Hold) await stream.ReadExactlyAsync(new byte[1], cancellationToken);
        else if (answer.Then == AfterAnswer.Reset) socket.LingerState = new LingerOption(true, 0);
    }
}
