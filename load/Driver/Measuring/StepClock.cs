namespace Certctl.Load.Measuring;

/// <summary>Times the steps of one flow, each from the end of the one before it.</summary>
internal struct StepClock(Meter meter, TimeProvider time)
{
    private readonly long started = time.GetTimestamp();
    private long last = time.GetTimestamp();

    public void Ended(string step)
    {
        var now = time.GetTimestamp();
        meter.Record(step, time.GetElapsedTime(last, now));
        last = now;
    }

    public readonly void FlowEnded() => meter.Record(Meter.Flow, time.GetElapsedTime(started));
}
