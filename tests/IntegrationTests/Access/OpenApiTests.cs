using Certctl.Core.Domain.Access;

namespace Certctl.IntegrationTests.Access;

[Collection(SharedServer.Name)]
public sealed class OpenApiTests(SharedServer server)
{
    [Fact]
    public async Task The_document_names_every_route_of_the_api()
    {
        var document = await server.Anonymous().Read("/openapi/v1.json");
        Assert.StartsWith("3.", document.GetProperty("openapi").GetString(), StringComparison.Ordinal);
        var documented = document.GetProperty("paths").EnumerateObject()
            .SelectMany(path => path.Value.EnumerateObject().Select(operation => $"{operation.Name} {path.Name.Trim('/')}")).ToHashSet(StringComparer.OrdinalIgnoreCase);
        Assert.Empty(ApiRoutes.Patterns(server).Select(r => $"{r.Method} {r.Pattern}").Except(documented, StringComparer.OrdinalIgnoreCase));
    }

    [Fact]
    public async Task Every_parameter_of_a_path_is_described()
    {
        var document = await server.Anonymous().Read("/openapi/v1.json");
        foreach (var path in document.GetProperty("paths").EnumerateObject())
            foreach (var operation in path.Value.EnumerateObject())
            {
                var described = operation.Value.TryGetProperty("parameters", out var parameters)
                    ? parameters.EnumerateArray().Where(p => p.GetProperty("in").GetString() == "path").Select(p => p.GetProperty("name").GetString()!)
                    : [];
                Assert.Equal(path.Name.Split('/').Where(part => part.StartsWith('{')).Select(part => part.Trim('{', '}')).Order(), described.Order());
            }
    }

    [Theory]
    [InlineData("/api/v1/certificates/bulk-renew", "post", "Idempotency-Key", true)]
    [InlineData("/api/v1/certificates/{id}/versions/{versionId}/private-key", "post", "Idempotency-Key", false)]
    [InlineData("/api/v1/agents/{id}/heartbeat", "post", "Idempotency-Key", false)]
    [InlineData("/api/v1/acme/eab-keys", "post", "Idempotency-Key", false)]
    [InlineData("/api/v1/acme/eab-keys/{id}", "delete", "If-Match", true)]
    [InlineData("/api/v1/acme/accounts/{id}", "patch", "If-Match", true)]
    [InlineData("/api/v1/agents/{id}", "delete", "If-Match", true)]
    [InlineData("/api/v1/agents/{id}", "get", "If-Match", false)]
    public async Task The_headers_of_writes_are_described(string path, string method, string header, bool described)
    {
        var operation = (await server.Anonymous().Read("/openapi/v1.json")).GetProperty("paths").GetProperty(path).GetProperty(method);
        var headers = operation.TryGetProperty("parameters", out var parameters)
            ? parameters.EnumerateArray().Where(p => p.GetProperty("in").GetString() == "header").Select(p => p.GetProperty("name").GetString())
            : [];
        Assert.Equal(described, headers.Contains(header));
        Assert.Equal(described && method == "post", operation.GetProperty("responses").TryGetProperty("422", out _));
    }

    [Fact]
    public async Task A_field_of_a_change_is_described_as_its_value()
    {
        var schemas = (await server.Anonymous().Read("/openapi/v1.json")).GetProperty("components").GetProperty("schemas");
        var profile = schemas.GetProperty("ChangeProfile").GetProperty("properties");
        Assert.True(profile.GetProperty("acme_limits").GetProperty("properties").TryGetProperty("orders_per_hour", out _));
        Assert.True(profile.GetProperty("acme_variants").TryGetProperty("additionalProperties", out _));
        Assert.True(schemas.GetProperty("AcmeOrderView").GetProperty("properties").TryGetProperty("identifiers", out _));
        Assert.True(schemas.TryGetProperty("AnnouncementView", out _));
    }

    [Fact]
    public async Task The_interactive_page_needs_no_token() =>
        (await server.Anonymous().Get("/scalar/")).Is(System.Net.HttpStatusCode.OK);

    [Fact]
    public async Task The_version_is_told_to_whoever_has_a_token() =>
        Assert.NotEmpty((await server.Client(Role.Agent).Read("version")).GetProperty("version").GetString()!);
}
