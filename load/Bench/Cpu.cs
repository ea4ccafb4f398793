using System.Globalization;

namespace Certctl.Bench;

/// <summary>CPU seconds of the instance that is measured. Its processes are those that the script names; none: nothing to say.</summary>
internal sealed record Cpu(double Product, double Postgresql)
{
    public static Cpu? Read() => Of("BENCH_PRODUCT_PID") is { } product && Of("BENCH_POSTGRESQL_PID") is { } postgresql ? new Cpu(product, postgresql) : null;

    public Cpu Since(Cpu before) => new(Product - before.Product, Postgresql - before.Postgresql);

    private static double? Of(string variable) => Environment.GetEnvironmentVariable(variable) is { } pid
        ? ProcessTree.CpuSeconds(int.Parse(pid, CultureInfo.InvariantCulture))
        : null;
}
