using System.Net;
using Certctl.IntegrationTests.Acme;

namespace Certctl.IntegrationTests.Access;

/// <summary>Every route that the host maps, asked by everybody: docs/reference/authorization.md says what each is answered.</summary>
[Collection(AcmeServer.Name)]
public sealed class AuthorizationTableTests(AcmeServer server)
{
    [Fact]
    public async Task Every_route_answers_every_caller_as_the_reference_says()
    {
        var world = await AccessWorld.CreateAsync(server);
        // What ends the agent comes last.
        var routes = MappedRoute.Of(server).OrderBy(r => r.Method == "DELETE" && r.Pattern.StartsWith("/api/v1/agents", StringComparison.Ordinal)).ToList();
        Assert.True(routes.Count > 120, $"only {routes.Count} routes");
        var verdicts = new List<(MappedRoute Route, IReadOnlyList<string> Cells)>();
        foreach (var route in routes)
        {
            var cells = new List<string>();
            foreach (var caller in world.Callers) cells.Add(await VerdictAsync(world, route, caller));
            verdicts.Add((route, cells));
        }

        var rows = verdicts.GroupBy(v => (v.Route.Pattern, Cells: string.Join(" | ", v.Cells)))
            .Select(g => (IReadOnlyList<string>)[$"`{g.Key.Pattern}`", string.Join(", ", g.Select(v => v.Route.Method ?? "any other").Distinct()), .. g.First().Cells])
            .OrderBy(r => r[0], StringComparer.Ordinal).ThenBy(r => r[1], StringComparer.Ordinal);
        ReferenceTable.Check("authorization.md", "routes", [["Route", "Methods", .. world.Callers.Select(c => c.Name)], .. rows]);
    }

    private static async Task<string> VerdictAsync(AccessWorld world, MappedRoute route, AccessCaller caller)
    {
        var client = route.IsDashboard ? caller.Browser : caller.Client;
        var method = new HttpMethod(route.Method ?? "GET");
        var answer = await Eventually.Becomes(
            () => client.Ask(method, world.PathOf(route), world.BodyOf(route)), a => a.Status != HttpStatusCode.TooManyRequests, "may ask again");
        Assert.True((int)answer.Status < 500, $"{caller.Name}: {method} {route.Pattern}: {answer}");
        return answer switch
        {
            { Status: HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden } => $"{(int)answer.Status}",
            { Status: HttpStatusCode.Gone } when caller.Name == "retired agent" => "410",
            { Status: HttpStatusCode.Found } when route.IsDashboard => "login",
            _ => route.IsPublic ? "public" : "yes",
        };
    }
}
