using System.Globalization;

namespace Certctl.Bench;

/// <summary>CPU time of processes and all below them, from /proc (proc(5)).</summary>
internal static class ProcessTree
{
    /// <summary>sysconf(_SC_CLK_TCK) on Linux.</summary>
    private const double TicksPerSecond = 100;

    /// <summary>User and system time, in seconds, of the tree's processes, their reaped children included.</summary>
    /// <exception cref="InvalidOperationException">There is no such process: nothing is not what it costs.</exception>
    public static double CpuSeconds(int root)
    {
        var all = Directory.EnumerateDirectories("/proc").Select(Path.GetFileName)
            .Where(name => int.TryParse(name, out _)).Select(name => Read(int.Parse(name!, CultureInfo.InvariantCulture)))
            .OfType<Stat>().ToDictionary(s => s.Pid);
        if (!all.ContainsKey(root)) throw new InvalidOperationException($"There is no process {root} on this machine.");
        return all.Values.Where(s => IsBelow(s, root, all)).Sum(s => s.Ticks) / TicksPerSecond;
    }

    /// <summary>The parent of a process.</summary>
    public static int ParentOf(int pid) => Read(pid)?.Parent ?? throw new InvalidOperationException($"There is no process {pid} on this machine.");

    private static bool IsBelow(Stat? stat, int root, Dictionary<int, Stat> all)
    {
        for (var depth = 0; stat is not null && depth < 50; depth++, stat = all.GetValueOrDefault(stat.Parent))
            if (stat.Pid == root) return true;
        return false;
    }

    private static Stat? Read(int pid)
    {
        try
        {
            var text = File.ReadAllText($"/proc/{pid}/stat");
            var fields = text[(text.LastIndexOf(')') + 2)..].Split(' ');
            // Fields 14 to 17 of proc(5): utime, stime, cutime, cstime; field 3 is the first one here.
            return new Stat(pid, int.Parse(fields[1], CultureInfo.InvariantCulture),
                fields[11..15].Sum(f => long.Parse(f, CultureInfo.InvariantCulture)));
        }
        catch (IOException)
        {
            return null; // It ended meanwhile.
        }
    }

    private sealed record Stat(int Pid, int Parent, long Ticks);
}
