using System.Net;
using System.Net.Sockets;
using Certctl.Load.Loopback;

namespace Certctl.UnitTests.Load;

public sealed class Http01SolverTests
{
    [Fact]
    public async Task Known_tokens_are_answered_and_others_are_not()
    {
        var port = FreePort();
        await using var solver = Http01Solver.Start(port);
        using var http = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{port}") };
        solver.Put("tok", "tok.thumb");
        Assert.Equal("tok.thumb", await http.GetStringAsync("/.well-known/acme-challenge/tok", TestContext.Current.CancellationToken));

        solver.Remove("tok");
        foreach (var path in new[] { "/.well-known/acme-challenge/tok", "/tok", "/" })
        {
            using var answer = await http.GetAsync(path, TestContext.Current.CancellationToken);
            Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
        }
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
