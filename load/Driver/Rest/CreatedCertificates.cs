using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Json;
using Certctl.Load.Http;
using Certctl.Load.Measuring;
using Certctl.Load.Running;

namespace Certctl.Load.Rest;

/// <summary>Creates certificates, and puts away what it created.</summary>
internal sealed class CreatedCertificates(LoadClient client, ApiSettings settings, TimeProvider time)
{
    private const int ArchivedAtOnce = 8;
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(250);

    private readonly ConcurrentDictionary<string, byte> ids = [];

    public int Count => ids.Count;

    public async Task CreateAsync(long number, CancellationToken cancellation)
    {
        var name = string.Create(CultureInfo.InvariantCulture, $"{settings.Prefix}{number}.example.test");
        var answer = (await client.SendAsync(HttpMethod.Post, "/api/v1/certificates", Body(name), cancellation)).Expect(201);
        var body = answer.Json();
        var id = body.GetProperty("id").GetString();
        answer.Must(id is { Length: > 0 } && ids.TryAdd(id, 0), "the certificate has no id of its own");
        answer.Must(answer.Location == $"/api/v1/certificates/{id}", "Location is not the certificate's");
        answer.Must(body.GetProperty("name").ValueEquals(name) && body.GetProperty("common_name").ValueEquals(name), "another certificate than was asked for");
    }

    /// <summary>How many were created and have not become Active in time.</summary>
    public Task<int> NotIssuedAsync() => Until.SeenAsync(async () => ids.Count - await CountAsync("Active"), n => n == 0, settings.IssueLimit, Look, time);

    /// <returns>How many of those created are not archived after that.</returns>
    public async Task<int> ArchiveAsync()
    {
        await Parallel.ForEachAsync(ids.Keys, new ParallelOptions { MaxDegreeOfParallelism = ArchivedAtOnce }, async (id, cancellation) =>
        {
            try
            {
                await client.SendAsync(HttpMethod.Delete, $"/api/v1/certificates/{id}", null, cancellation);
            }
            catch (Exception e) when (e is HttpRequestException or OperationCanceledException)
            {
                // The count below tells.
            }
        });
        return ids.Count - await CountAsync("Archived");
    }

    private async Task<int> CountAsync(string status)
    {
        var count = 0;
        await foreach (var certificate in Pages.AllAsync(client, $"/api/v1/certificates?status={status}&name_prefix={settings.Prefix}"))
        {
            if (ids.ContainsKey(certificate.GetProperty("id").GetString()!) && certificate.GetProperty("status").ValueEquals(status)) count++;
        }

        return count;
    }

    private byte[] Body(string name) => JsonSerializer.SerializeToUtf8Bytes(new
    {
        name,
        common_name = name,
        profile_id = settings.Profile,
        owner_id = "o-alice",
        team_id = "t-platform",
        renewal_policy_id = "rp-standard",
        environment = "loadtest-api",
        key_mode = "server",
    });
}
