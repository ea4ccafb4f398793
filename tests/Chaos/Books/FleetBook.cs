namespace Certctl.Chaos.Books;

/// <summary>Nothing ended that nobody ended, and nothing was answered but successes, 429 and 503.</summary>
internal sealed class FleetBook : IBook
{
    public Task<IReadOnlyList<string>> FindingsAsync(Entries entries, CancellationToken cancellationToken) => Task.FromResult<IReadOnlyList<string>>(
    [
        .. entries.Fleet.Dead.Select(service => $"{service} ended by itself"),
        .. entries.Load.Answers.Wrong.Select(wrong => $"{wrong.Key}, {wrong.Value} times"),
    ]);
}
