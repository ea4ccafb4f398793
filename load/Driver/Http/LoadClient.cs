using System.Net.Http.Headers;
using System.Net.Security;
using Certctl.Rfc8555;

namespace Certctl.Load.Http;

/// <summary>Sends requests to one server; any number at once, on as many connections as that takes.</summary>
internal sealed class LoadClient : IDisposable
{
    private static readonly MediaTypeHeaderValue ApplicationJson = new("application/json");
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly HttpClient http;

    /// <param name="root">URL that paths are relative to.</param>
    /// <param name="token">Bearer token; null for what needs none.</param>
    /// <param name="caFile">PEM of the roots to trust; null: the system's.</param>
    /// <param name="freshConnections">Whether every request makes a connection of its own.</param>
    public LoadClient(string root, string? token, string? caFile, bool freshConnections = false)
    {
        var handler = new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseCookies = false,
            UseProxy = false,
            ActivityHeadersPropagator = null,
            PooledConnectionLifetime = freshConnections ? TimeSpan.Zero : Timeout.InfiniteTimeSpan,
        };
        if (caFile is not null) handler.SslOptions = new SslClientAuthenticationOptions { CertificateChainPolicy = AcmeHttp.Trusting(caFile) };
        http = new HttpClient(handler, disposeHandler: true) { BaseAddress = new Uri(root), Timeout = Patience };
        if (token is not null) http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
    }

    public Task<Answer> GetAsync(string path, CancellationToken cancellation = default) => SendAsync(HttpMethod.Get, path, null, cancellation);

    /// <param name="json">The body, serialised.</param>
    public async Task<Answer> SendAsync(HttpMethod method, string path, byte[]? json, CancellationToken cancellation = default)
    {
        using var request = new HttpRequestMessage(method, path);
        if (json is not null) request.Content = new ByteArrayContent(json) { Headers = { ContentType = ApplicationJson } };
        using var response = await http.SendAsync(request, cancellation);
        var (headers, content) = (response.Headers, response.Content);
        return new Answer(
            (int)response.StatusCode, await content.ReadAsByteArrayAsync(cancellation), content.Headers.ContentType?.MediaType,
            headers.Location?.OriginalString, RetryAfter(headers), headers.TryGetValues("Cache-Control", out var cache) ? string.Join(", ", cache) : null,
            headers.TryGetValues("Replay-Nonce", out var nonces) ? string.Join(",", nonces) : null);
    }

    public void Dispose() => http.Dispose();

    private static TimeSpan? RetryAfter(HttpResponseHeaders headers) => headers.RetryAfter switch
    {
        { Delta: { } delta } => delta,
        { Date: { } date } => date - TimeProvider.System.GetUtcNow(),
        _ => null,
    };
}
