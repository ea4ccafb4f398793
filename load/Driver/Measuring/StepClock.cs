namespace Certctl.Load.Measuring;

/// <summary>Times the steps of one flow, each from the end of the one before it. What began in the window is measured, whenever it
/// ends: what a stall at the window's end holds up is not left out.</summary>
internal struct StepClock(Meter meter, TimeProvider time)
{
    private readonly bool measured = meter.IsOpen;
    private readonly long started = time.GetTimestamp();
    private long last = time.GetTimestamp();

    public void Ended(string step)
    {
        var now = time.GetTimestamp();
        meter.Record(step, time.GetElapsedTime(last, now), measured);
        last = now;
    }

    public readonly void FlowEnded() => meter.Record(Meter.Flow, time.GetElapsedTime(started), measured);
}
