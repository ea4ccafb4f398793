using System.Net;
using Certctl.Core.Domain.Access;

namespace Certctl.IntegrationTests.Transport;

/// <summary>What one client can make the server hold is bounded, by settings.</summary>
public sealed class RequestLimitTests(LimitedServer server) : IClassFixture<LimitedServer>
{
    private const string Opening = "GET /api/v1/version HTTP/1.1\r\nHost: localhost\r\n";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);

    [Fact]
    public async Task More_header_fields_than_allowed_are_refused() =>
        Assert.Equal(431, await StatusOfAsync(Opening + string.Concat(Enumerable.Range(0, 20).Select(n => $"X-{n}: a\r\n")) + "\r\n"));

    [Fact]
    public async Task A_larger_header_than_allowed_is_refused() =>
        Assert.Equal(431, await StatusOfAsync($"{Opening}X-Long: {new string('a', 4100)}\r\n\r\n"));

    [Fact]
    public async Task A_longer_url_than_allowed_is_refused() =>
        Assert.Equal(414, await StatusOfAsync($"GET /api/v1/{new string('a', 1024)} HTTP/1.1\r\nHost: localhost\r\n\r\n"));

    [Fact]
    public async Task A_larger_body_than_allowed_is_refused() =>
        (await server.Client(Role.Admin).Post("owners", new { name = new string('a', 20_001) })).IsProblem(HttpStatusCode.RequestEntityTooLarge);

    [Fact]
    public async Task What_is_within_the_limits_is_answered() => Assert.Equal(401, await StatusOfAsync(Opening + "\r\n"));

    [Fact]
    public async Task A_header_that_does_not_end_is_not_waited_for()
    {
        await using var connection = await RawConnection.OpenAsync(server);
        await connection.SendAsync(Opening);
        Assert.Equal(408, (await connection.StatusAsync(Patience)).Status);
    }

    [Theory]
    [InlineData("/api/v1/owners", "application/json")]
    [InlineData("/acme/profile/prof-test/new-order", "application/jose+json")]
    [InlineData("/.well-known/pki/ocsp/iss-local", "application/ocsp-request")]
    [InlineData("/login", "application/x-www-form-urlencoded")]
    public async Task A_body_that_drips_is_not_waited_for_and_is_the_clients_fault(string path, string type)
    {
        await using var connection = await RawConnection.OpenAsync(server);
        await connection.SendAsync(
            $"POST {path} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {CertctlServer.KeyOf("Admin")}\r\nContent-Type: {type}\r\nContent-Length: 9000\r\n\r\n{{");
        var (status, took) = await connection.StatusAsync(Patience);
        Assert.True(status is 0 or (>= 400 and < 500), $"{status}");
        Assert.True(took < TimeSpan.FromSeconds(8), $"{took}");
    }

    [Fact]
    public async Task An_idle_connection_is_closed()
    {
        await using var connection = await RawConnection.OpenAsync(server);
        await connection.SendAsync(Opening + "\r\n");
        Assert.Equal(401, (await connection.StatusAsync(Patience)).Status);
        byte[] more;
        do more = await connection.ReadAsync(Patience);
        while (more.Length > 0);
    }

    [Fact]
    public async Task Connections_beyond_the_limit_are_closed_and_those_within_served()
    {
        var open = new List<RawConnection>();
        try
        {
            while (open.Count < LimitedServer.Connections && await TryOpenAsync() is { } connection) open.Add(connection);
            // Some may be a neighbour's that has not been closed yet.
            Assert.InRange(open.Count, LimitedServer.Connections / 2, LimitedServer.Connections);
            Assert.Null(await TryOpenAsync());
        }
        finally
        {
            foreach (var connection in open) await connection.DisposeAsync();
        }

        await Eventually.Holds(async () => await TryOpenAsync() is { } again && await DisposedAsync(again), "there is room again");
    }

    private async Task<RawConnection?> TryOpenAsync()
    {
        try
        {
            return await RawConnection.OpenAsync(server);
        }
        catch (IOException)
        {
            return null;
        }
    }

    private static async Task<bool> DisposedAsync(RawConnection connection)
    {
        await connection.DisposeAsync();
        return true;
    }

    private async Task<int> StatusOfAsync(string request)
    {
        await using var connection = await RawConnection.OpenAsync(server);
        await connection.SendAsync(request);
        return (await connection.StatusAsync(Patience)).Status;
    }
}
