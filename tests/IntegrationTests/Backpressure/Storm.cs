using System.Collections.Concurrent;
using System.Net;

namespace Certctl.IntegrationTests.Backpressure;

/// <summary>Many clients at once, each asking again as soon as it is answered, until the time is over.</summary>
internal sealed class Storm(TimeSpan duration)
{
    private readonly ConcurrentDictionary<string, int> answers = new();
    private readonly long started = TimeProvider.System.GetTimestamp();

    /// <summary>Answers by request and status; a request without one counts under its exception's name.</summary>
    public IReadOnlyDictionary<string, int> Answers => answers;

    public bool IsOver => TimeProvider.System.GetElapsedTime(started) >= duration;

    public void Take(string request, HttpStatusCode status) => Count($"{request} {(int)status}");

    /// <param name="ask">Gets the client's number; counts its answers by <see cref="Take"/>.</param>
    public Task RunAsync(int clients, string request, Func<int, Task> ask) => Task.WhenAll(Enumerable.Range(0, clients).Select(async client =>
    {
        while (!IsOver)
        {
            try
            {
                await ask(client);
            }
            catch (Exception e) when (e is HttpRequestException or OperationCanceledException)
            {
                Count($"{request} {e.GetType().Name}");
                return;
            }
        }
    }));

    private void Count(string answer) => answers.AddOrUpdate(answer, 1, (_, count) => count + 1);
}
