using Certctl.Core.Hosting;
using Hangfire;
using Hangfire.Common;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace Certctl.UnitTests.Core.Hosting;

public sealed class JobRegistrationTests
{
    [Fact]
    public async Task What_fails_keeps_no_process_from_starting_and_is_tried_again()
    {
        var (time, tries) = (new FakeTimeProvider(), 0);
        using var registration = new Registration(time, () => _ = Interlocked.Increment(ref tries) < 3 ? throw new TimeoutException("a lock that somebody left") : 0);
        var started = registration.StartAsync(TestContext.Current.CancellationToken);
        // Each advance ends a wait: the one of the start, those between the tries.
        while (!registration.ExecuteTask!.IsCompleted)
        {
            time.Advance(TimeSpan.FromSeconds(5));
            await Task.Yield();
        }

        await started;
        await registration.ExecuteTask;
        Assert.Equal(3, tries);
        await registration.StopAsync(TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task A_process_that_stops_does_not_wait_for_a_lock()
    {
        using var held = new ManualResetEventSlim();
        using var registration = new Registration(TimeProvider.System, held.Wait);
        await registration.StartAsync(TestContext.Current.CancellationToken);
        await registration.StopAsync(TestContext.Current.CancellationToken);
        Assert.True(registration.ExecuteTask!.IsCompleted);
        held.Set();
    }

    private sealed class Registration(TimeProvider time, Action register) : JobRegistration(new NoJobs(), time, NullLogger.Instance)
    {
        protected override void Register(IRecurringJobManager jobs) => register();
    }

    private sealed class NoJobs : IRecurringJobManager
    {
        public void AddOrUpdate(string recurringJobId, Job job, string cronExpression, RecurringJobOptions options) => throw new NotSupportedException();

        public void Trigger(string recurringJobId) => throw new NotSupportedException();

        public void RemoveIfExists(string recurringJobId) => throw new NotSupportedException();
    }
}
