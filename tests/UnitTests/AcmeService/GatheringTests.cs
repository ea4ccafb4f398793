using Certctl.AcmeService;
using Npgsql;

namespace Certctl.UnitTests.AcmeService;

public sealed class GatheringTests
{
    [Fact]
    public async Task Nobody_pays_for_what_the_database_refuses_of_another()
    {
        using var doubling = new Doubling(new PostgresException("null value", "ERROR", "ERROR", PostgresErrorCodes.NotNullViolation));
        await doubling.StartAsync(TestContext.Current.CancellationToken);
        var answers = Enumerable.Range(-1, 5).Select(doubling.AskAsync).ToArray();
        var refusal = await Assert.ThrowsAsync<PostgresException>(() => answers[0]);
        Assert.Equal(PostgresErrorCodes.NotNullViolation, refusal.SqlState);
        var others = await Task.WhenAll(answers[1..]);
        Assert.Equal([0, 2, 4, 6], others);
        Assert.Equal([5, 1, 1, 1, 1, 1], doubling.Sizes);
        await doubling.StopAsync(TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task An_outage_is_told_to_all_at_once()
    {
        using var doubling = new Doubling(new PostgresException("shutting down", "FATAL", "FATAL", PostgresErrorCodes.AdminShutdown));
        await doubling.StartAsync(TestContext.Current.CancellationToken);
        foreach (var answer in Enumerable.Range(-1, 5).Select(doubling.AskAsync).ToArray()) await Assert.ThrowsAsync<PostgresException>(() => answer);
        Assert.Equal([5], doubling.Sizes);
        await doubling.StopAsync(TestContext.Current.CancellationToken);
    }

    /// <summary>Throws when any of what gathered is negative.</summary>
    private sealed class Doubling(Exception refusal) : Gathering<int, int>(TimeSpan.FromMilliseconds(200), size: 16, waiting: 16, atOnce: 1, TimeProvider.System)
    {
        public List<int> Sizes { get; } = [];

        public Task<int> AskAsync(int number) => GatherAsync(number);

        protected override Task<IReadOnlyList<int>> AnswerAsync(IReadOnlyList<int> items)
        {
            Sizes.Add(items.Count);
            return items.Any(n => n < 0) ? Task.FromException<IReadOnlyList<int>>(refusal) : Task.FromResult<IReadOnlyList<int>>([.. items.Select(n => 2 * n)]);
        }
    }
}
