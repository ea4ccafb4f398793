using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Certctl.UnitTests.Load.Servers;

/// <summary>A server on loopback that answers as a test wants: honestly, late, or with a lie.</summary>
internal sealed class FakeServer : IAsyncDisposable
{
    private readonly WebApplication app;
    private readonly SemaphoreSlim never = new(0);
    private long requests;

    private FakeServer(WebApplication app) => this.app = app;

    public string Url => app.Urls.Single();

    /// <summary>Gets each request's number, from 1, and its path; returns how late it is answered.</summary>
    public Func<long, PathString, TimeSpan> Late { get; set; } = (_, _) => TimeSpan.Zero;

    /// <summary>Gets each request's number and path; a status is answered at once, without a body.</summary>
    public Func<long, PathString, int?> Refuse { get; set; } = (_, _) => null;

    /// <summary>Gets each request's number; whether its connection breaks instead of an answer.</summary>
    public Func<long, bool> Break { get; set; } = _ => false;

    public static async Task<FakeServer> StartAsync(Action<WebApplication> map)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var app = builder.Build();
        var server = new FakeServer(app);
        app.Use(server.AnswerAsync);
        map(app);
        await app.StartAsync(TestContext.Current.CancellationToken);
        return server;
    }

    /// <summary>From this request on everything waits, until the stall is over.</summary>
    public void StallAt(long request, TimeSpan stall)
    {
        long? began = null;
        Late = (n, _) =>
        {
            if (n < request) return TimeSpan.Zero;
            var start = began ??= TimeProvider.System.GetTimestamp();
            return stall - TimeProvider.System.GetElapsedTime(start);
        };
    }

    public async ValueTask DisposeAsync()
    {
        await app.DisposeAsync();
        never.Dispose();
    }

    private async Task AnswerAsync(HttpContext context, RequestDelegate next)
    {
        var number = Interlocked.Increment(ref requests);
        // A gate that nobody opens, given up in time: this is the server's slowness, not a test that waits.
        if (Late(number, context.Request.Path) is { Ticks: > 0 } late) await never.WaitAsync(late, CancellationToken.None);
        if (Break(number)) context.Abort();
        else if (Refuse(number, context.Request.Path) is { } status) context.Response.StatusCode = status;
        else await next(context);
    }
}
