using Certctl.Core.Hosting;
using MassTransit;
using MassTransit.Testing;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace Certctl.UnitTests.Hosting;

public sealed class OutageTests
{
    [Theory]
    [InlineData("57P01", true)] // admin_shutdown
    [InlineData("57P02", true)] // crash_shutdown
    [InlineData("57P03", true)] // cannot_connect_now
    [InlineData("53300", true)] // too_many_connections
    [InlineData("40P01", true)] // deadlock_detected
    [InlineData("23505", false)] // unique_violation
    [InlineData("22021", false)] // character_not_in_repertoire
    public void A_database_that_goes_or_comes_is_an_outage_and_a_refused_statement_is_none(string state, bool isOutage)
    {
        var refusal = new PostgresException("it says so", "ERROR", "ERROR", state);
        Assert.Equal(isOutage, Outage.IsOfDatabase(refusal));
        Assert.Equal(isOutage, Outage.Is(new DbUpdateException("wrapped", refusal)));
    }

    [Fact]
    public void A_broken_connection_is_an_outage() => Assert.True(Outage.IsOfDatabase(new NpgsqlException("gone", new IOException("reset"))));

    [Fact]
    public async Task A_message_is_held_while_the_database_is_away_and_is_done_once_it_is_back()
    {
        var failures = new Failures(new NpgsqlException("gone", new IOException("reset")), times: 2);
        await using var services = Harness(failures);
        var harness = await services.StartTestHarness();
        await harness.Bus.Publish(new Work(), TestContext.Current.CancellationToken);
        await failures.Done.WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken);
        Assert.True(await harness.Consumed.Any<Work>(c => c.Exception is null, TestContext.Current.CancellationToken));
        Assert.Equal(3, failures.Calls);
        Assert.Empty(harness.Published.Select<Fault<Work>>(c => true, new CancellationToken(canceled: true)));
    }

    [Fact]
    public async Task What_is_wrong_with_the_message_itself_faults_after_three_more_tries()
    {
        var failures = new Failures(new InvalidDataException("nonsense"), times: int.MaxValue);
        await using var services = Harness(failures);
        var harness = await services.StartTestHarness();
        await harness.Bus.Publish(new Work(), TestContext.Current.CancellationToken);
        Assert.True(await harness.Published.Any<Fault<Work>>(TestContext.Current.CancellationToken));
        Assert.Equal(4, failures.Calls);
    }

    private static ServiceProvider Harness(Failures failures) => new ServiceCollection()
        .AddSingleton(failures)
        .AddMassTransitTestHarness(TextWriter.Null, bus =>
        {
            bus.SetTestTimeouts(TimeSpan.FromSeconds(30), TimeSpan.FromSeconds(10));
            bus.AddConsumer<WorkConsumer>();
            bus.AddConfigureEndpointsCallback((_, endpoint) => endpoint.UseRetries());
        })
        .BuildServiceProvider(true);

    public sealed record Work;

    public sealed class Failures(Exception failure, int times)
    {
        private readonly TaskCompletionSource done = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public int Calls { get; private set; }

        public Task Done => done.Task;

        public void Call()
        {
            if (++Calls <= times) throw failure;
            done.TrySetResult();
        }
    }

    public sealed class WorkConsumer(Failures failures) : IConsumer<Work>
    {
        public Task Consume(ConsumeContext<Work> context)
        {
            failures.Call();
            return Task.CompletedTask;
        }
    }
}
