using Certctl.Core.Hosting;
using Hangfire;
using Hangfire.Common;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace Certctl.UnitTests.Core.Hosting;

public sealed class JobRegistrationTests
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(10);

    [Fact]
    public async Task What_fails_is_tried_again()
    {
        var (time, tries) = (new FakeTimeProvider(), 0);
        using var third = new ManualResetEventSlim();
        using var registration = new Registration(time, () =>
        {
            if (Interlocked.Increment(ref tries) < 3) throw new TimeoutException("a lock that somebody left");
            third.Set();
        });
        _ = registration.StartAsync(TestContext.Current.CancellationToken);
        // Each advance ends a wait between two tries.
        Assert.True(SpinWait.SpinUntil(() =>
        {
            time.Advance(TimeSpan.FromSeconds(5));
            return third.Wait(10);
        }, Soon));
        await registration.ExecuteTask!.WaitAsync(Soon, TestContext.Current.CancellationToken);
        Assert.Equal(3, tries);
    }

    [Fact]
    public async Task Neither_start_nor_stop_waits_for_a_lock()
    {
        using var held = new ManualResetEventSlim();
        using var registration = new Registration(TimeProvider.System, held.Wait);
        await registration.StartAsync(TestContext.Current.CancellationToken).WaitAsync(Soon, TestContext.Current.CancellationToken);
        Assert.False(registration.ExecuteTask!.IsCompleted);
        await registration.StopAsync(TestContext.Current.CancellationToken).WaitAsync(Soon, TestContext.Current.CancellationToken);
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
