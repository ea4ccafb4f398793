using System.Net;
using Certctl.AcmeService.Protocol;
using Certctl.AcmeService.Validation.Dialing;

namespace Certctl.AcmeService.Validation.Http01;

/// <summary>An HTTP answer, as much of it as was read.</summary>
/// <param name="Location">As it came, or null.</param>
/// <param name="Body">Null when it is longer than <see cref="HttpFetch.MaxBodyLength"/>; empty but for status 200.</param>
internal sealed record HttpAnswer(HttpStatusCode Status, string? Location, byte[]? Body);

/// <summary>
/// One GET over HTTP/1.1 on a connection of its own. A handler for each request: connections in a shared pool are told apart by
/// host name, and one that was dialled under a profile which admits private addresses must serve no other.
/// </summary>
internal sealed class HttpFetch(TargetResolver targets, Dialer dialer)
{
    /// <summary>Longest body in bytes. A key authorization has fewer than a hundred.</summary>
    public const int MaxBodyLength = 1024;

    private const int MaxHeaderKibibytes = 16;
    private static readonly string UserAgent = $"certctl-acme/{typeof(HttpFetch).Assembly.GetName().Version?.ToString(3)}";

    public async Task<(HttpAnswer? Answer, ValidationResult? Failure)> GetAsync(Uri url, bool allowPrivate, CancellationToken cancellationToken)
    {
        var host = RedirectRules.HostOf(url);
        var (target, unresolved) = await targets.ResolveAsync(host, allowPrivate, cancellationToken);
        if (target is null) return (null, unresolved);
        var (stream, unreachable) = await dialer.DialAsync(target, url.Port, cancellationToken);
        if (stream is null) return (null, unreachable);
        await using (stream)
        {
            try
            {
                return (await SendAsync(url, stream, cancellationToken), null);
            }
            catch (HttpRequestException e)
            {
                return (null, Failure(e.HttpRequestError, host, url.Port));
            }
            catch (IOException e)
            {
                return (null, Failure((e as HttpIOException)?.HttpRequestError, host, url.Port));
            }
        }
    }

    private static async Task<HttpAnswer> SendAsync(Uri url, Stream stream, CancellationToken cancellationToken)
    {
        Stream? unused = stream;
        using var handler = new SocketsHttpHandler
        {
            // The handler tries again on a new connection when one closes without an answer; there is none.
            ConnectCallback = (_, _) => Interlocked.Exchange(ref unused, null) is { } dialled
                ? ValueTask.FromResult(dialled)
                : throw new IOException("The only connection is used up."),
            SslOptions = Dialer.AnyCertificate(),
            AllowAutoRedirect = false,
            UseProxy = false,
            UseCookies = false,
            AutomaticDecompression = DecompressionMethods.None,
            MaxResponseHeadersLength = MaxHeaderKibibytes,
            MaxResponseDrainSize = 0,
            PooledConnectionLifetime = TimeSpan.Zero,
            ActivityHeadersPropagator = null,
        };
        using var client = new HttpMessageInvoker(handler);
        using var request = new HttpRequestMessage(HttpMethod.Get, url)
        {
            Version = HttpVersion.Version11,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Headers = { ConnectionClose = true },
        };
        request.Headers.TryAddWithoutValidation("User-Agent", UserAgent);
        request.Headers.TryAddWithoutValidation("Accept", "*/*");
        using var response = await client.SendAsync(request, cancellationToken);
        var location = response.Headers.NonValidated.TryGetValues("Location", out var values) ? values.ToString() : null;
        var body = response.StatusCode == HttpStatusCode.OK ? await ReadAsync(response.Content, cancellationToken) : [];
        return new HttpAnswer(response.StatusCode, location, body);
    }

    private static async Task<byte[]?> ReadAsync(HttpContent content, CancellationToken cancellationToken)
    {
        await using var stream = await content.ReadAsStreamAsync(cancellationToken);
        var buffer = new byte[MaxBodyLength + 1];
        var length = await stream.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, cancellationToken);
        return length > MaxBodyLength ? null : buffer[..length];
    }

    private static ValidationResult Failure(HttpRequestError? error, string host, int port) => error switch
    {
        HttpRequestError.SecureConnectionError =>
            ValidationResult.Final(Problems.Tls($"The TLS handshake with {host} on port {port} failed.")),
        HttpRequestError.InvalidResponse =>
            ValidationResult.Final(Problems.IncorrectResponse($"What {host} on port {port} answered is not HTTP/1.1.")),
        HttpRequestError.ConfigurationLimitExceeded =>
            ValidationResult.Final(Problems.IncorrectResponse($"The header of the answer of {host} on port {port} is longer than {MaxHeaderKibibytes} KiB.")),
        _ => ValidationResult.Transient(Problems.Connection($"The connection to {host} on port {port} broke before the answer was complete.")),
    };
}
