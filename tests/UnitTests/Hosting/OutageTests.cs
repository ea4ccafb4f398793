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
    [InlineData("25006", true)] // read_only_sql_transaction: a standby that is not promoted yet
    [InlineData("57014", false)] // query_canceled
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
    public void A_server_that_cannot_be_reached_in_time_is_an_outage_and_one_that_does_not_answer_is_a_time_out()
    {
        var unreachable = new NpgsqlException("Failed to connect to 192.0.2.1:5432", new TimeoutException("Timeout during connection attempt"));
        var late = new NpgsqlException("Exception while reading from stream", new TimeoutException("Timeout during reading attempt"));
        var cancelled = new PostgresException("canceling statement due to statement timeout", "ERROR", "ERROR", "57014");
        Assert.Equal((true, false), (Outage.IsOfDatabase(unreachable), Outage.IsTimeOut(unreachable)));
        foreach (var e in (Exception[])[late, cancelled, new DbUpdateException("wrapped", late), new InvalidOperationException("wrapped", cancelled), new TimeoutException()])
            Assert.Equal((false, true), (Outage.Is(e), Outage.IsTimeOut(e)));
        Assert.Equal((true, false), (Outage.Is(new BrokerUnavailableException("no", late)), Outage.IsTimeOut(new BrokerUnavailableException("no", late))));
        Assert.False(Outage.IsTimeOut(new TaskCanceledException("a web server did not answer", new TimeoutException())));
    }

    [Fact]
    public void A_time_out_has_retries_for_more_than_a_minute_and_not_for_ever()
    {
        Assert.InRange(Outage.AfterTimeOut.Count, 5, 15);
        Assert.InRange(Outage.AfterTimeOut.Sum(t => t.TotalSeconds), 120, 600);
        Assert.All(Outage.AfterTimeOut, t => Assert.InRange(t.TotalSeconds, 1, 30));
    }

    [Fact]
    public async Task A_message_whose_statement_always_times_out_faults_in_the_end()
    {
        var failures = new Failures(new NpgsqlException("late", new TimeoutException()), times: int.MaxValue);
        await using var services = Harness(failures);
        var harness = await services.StartTestHarness();
        await harness.Bus.Publish(new Work(), TestContext.Current.CancellationToken);
        Assert.True(await harness.Published.Any<Fault<Work>>(TestContext.Current.CancellationToken));
        Assert.Equal(1 + TimeOutRetries.Length, failures.Calls);
    }

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

    private static readonly TimeSpan[] TimeOutRetries = [TimeSpan.FromMilliseconds(1), TimeSpan.FromMilliseconds(2), TimeSpan.FromMilliseconds(3), TimeSpan.FromMilliseconds(4)];

    private static ServiceProvider Harness(Failures failures) => new ServiceCollection()
        .AddSingleton(failures)
        .AddMassTransitTestHarness(TextWriter.Null, bus =>
        {
            bus.SetTestTimeouts(TimeSpan.FromSeconds(30), TimeSpan.FromSeconds(10));
            bus.AddConsumer<WorkConsumer>();
            bus.AddConfigureEndpointsCallback((_, endpoint) => endpoint.UseRetries(TimeOutRetries));
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
