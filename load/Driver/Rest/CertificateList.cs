using System.Text.Json;
using Certctl.Load.Http;

namespace Certctl.Load.Rest;

/// <summary>Reads a page of certificates, and every other time the page after it.</summary>
internal sealed class CertificateList(LoadClient client, string environment)
{
    private const int PageSize = 50;
    private readonly string first = $"/api/v1/certificates?environment={Uri.EscapeDataString(environment)}&limit={PageSize}";
    private volatile string? cursor;

    public async Task ReadAsync(long number, CancellationToken cancellation)
    {
        var path = number % 2 == 1 && cursor is { } after ? $"{first}&cursor={Uri.EscapeDataString(after)}" : first;
        var answer = (await client.GetAsync(path, cancellation)).Expect(200);
        var body = answer.Json();
        var page = body.GetProperty("data");
        answer.Must(page.GetArrayLength() == PageSize, $"a page of {page.GetArrayLength()} and not {PageSize}");
        foreach (var certificate in page.EnumerateArray())
        {
            answer.Must(certificate.GetProperty("environment").ValueEquals(environment), "a certificate that the filter excludes");
            answer.Must(certificate.GetProperty("id").GetString() is { Length: > 0 }, "a certificate without an id");
        }

        answer.Must(body.GetProperty("next_cursor").ValueKind == JsonValueKind.String, "no cursor, though there is more");
        if (path == first) cursor = body.GetProperty("next_cursor").GetString();
    }
}
