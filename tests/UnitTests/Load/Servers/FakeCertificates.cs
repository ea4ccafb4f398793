using System.Collections.Concurrent;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace Certctl.UnitTests.Load.Servers;

/// <summary>Certificates that are created, listed and archived.</summary>
internal sealed class FakeCertificates
{
    private readonly ConcurrentDictionary<string, (string Name, string Status)> certificates = [];
    private int created;

    public string StatusOfNew { get; set; } = "Active";
    public bool Archives { get; set; } = true;
    public int PageSize { get; set; } = 50;
    public string ListedEnvironment { get; set; } = "loadtest";
    public string? NameGiven { get; set; }

    public void Map(WebApplication app)
    {
        app.MapPost("/api/v1/certificates", async (HttpContext http) =>
        {
            var asked = await JsonSerializer.DeserializeAsync<JsonElement>(http.Request.Body);
            var (id, name) = ($"cert-{Interlocked.Increment(ref created)}", asked.GetProperty("name").GetString()!);
            certificates[id] = (name, StatusOfNew);
            http.Response.Headers.Location = $"/api/v1/certificates/{id}";
            return Results.Json(new { id, name = NameGiven ?? name, common_name = name }, statusCode: 201);
        });
        app.MapGet("/api/v1/certificates", (HttpContext http) => http.Request.Query["status"] is [{ } status] ? OfStatus(status) : Page());
        app.MapDelete("/api/v1/certificates/{id}", (string id) =>
        {
            if (Archives) certificates[id] = (certificates[id].Name, "Archived");
            return Results.NoContent();
        });
    }

    private IResult OfStatus(string status) => Results.Json(new
    {
        data = certificates.Where(c => c.Value.Status == status).Select(c => new { id = c.Key, status }),
        next_cursor = (string?)null,
    });

    private IResult Page() => Results.Json(new
    {
        data = Enumerable.Range(1, PageSize).Select(n => new { id = $"cert-loadtest-{n}", environment = ListedEnvironment }),
        next_cursor = "more",
    });
}
