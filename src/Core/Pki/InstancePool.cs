using System.Collections.Concurrent;

namespace Certctl.Core.Pki;

/// <summary>
/// Instances of a cryptographic type whose members may not be called from two threads at once; as many live as were
/// ever used at the same time.
/// </summary>
internal sealed class InstancePool<T>(Func<T> create) : IDisposable where T : IDisposable
{
    private readonly ConcurrentBag<T> idle = [];

    public T Rent() => idle.TryTake(out var instance) ? instance : create();

    public void Return(T instance) => idle.Add(instance);

    public void Dispose()
    {
        while (idle.TryTake(out var instance)) instance.Dispose();
    }
}
