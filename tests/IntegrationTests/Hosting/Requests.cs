using System.Net;
using System.Net.Http.Json;
using System.Text.Json;

namespace Certctl.IntegrationTests.Hosting;

/// <summary>Requests as the tests write them: a path below /api/v1/, or from the root when it begins with a slash.</summary>
internal static class Requests
{
    public static Task<Answer> Get(this HttpClient client, string path) => client.Ask(HttpMethod.Get, path);

    public static Task<Answer> Post(this HttpClient client, string path, object? body = null, params (string Name, string Value)[] headers) =>
        client.Ask(HttpMethod.Post, path, body, headers);

    public static Task<Answer> Patch(this HttpClient client, string path, object body, params (string Name, string Value)[] headers) =>
        client.Ask(HttpMethod.Patch, path, body, headers);

    public static Task<Answer> Delete(this HttpClient client, string path, params (string Name, string Value)[] headers) =>
        client.Ask(HttpMethod.Delete, path, null, headers);

    /// <summary>Reads what must be there.</summary>
    public static async Task<JsonElement> Read(this HttpClient client, string path) => (await client.Get(path)).Is(HttpStatusCode.OK).Json;

    /// <param name="body">Sent as it is when it is an HttpContent, else as JSON.</param>
    public static async Task<Answer> Ask(
        this HttpClient client, HttpMethod method, string path, object? body = null, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(method, path);
        request.Content = body as HttpContent ?? (body is null ? null : JsonContent.Create(body));
        foreach (var (name, value) in headers) request.Headers.TryAddWithoutValidation(name, value);
        using var response = await client.SendAsync(request);
        return new Answer(response.StatusCode, response.Headers, response.Content.Headers, await response.Content.ReadAsByteArrayAsync());
    }
}
