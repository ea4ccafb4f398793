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
        Assert.Empty(ApiRoutes.Patterns(server).Select(r => $"{r.Method} {r.Pattern}").Where(route => !documented.Contains(route)));
    }

    [Fact]
    public async Task The_interactive_page_needs_no_token() =>
        (await server.Anonymous().Get("/scalar/")).Is(System.Net.HttpStatusCode.OK);

    [Fact]
    public async Task The_version_is_told_to_whoever_has_a_token() =>
        Assert.NotEmpty((await server.Client(Role.Agent).Read("version")).GetProperty("version").GetString()!);
}
