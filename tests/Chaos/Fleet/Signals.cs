using System.Diagnostics;
using System.Globalization;

namespace Certctl.Chaos.Fleet;

/// <summary>POSIX signals, to processes of this run alone and by their ids.</summary>
internal static class Signals
{
    /// <param name="signal">STOP, CONT, KILL, TERM.</param>
    /// <param name="ids">Process ids; a negative one is a process group. One that has ended already is no error.</param>
    public static async Task SendAsync(string signal, params IEnumerable<int> ids)
    {
        var start = new ProcessStartInfo("kill", ["-s", signal, "--", .. ids.Select(id => id.ToString(CultureInfo.InvariantCulture))]) { RedirectStandardError = true };
        if (start.ArgumentList.Count == 3) return;
        using var kill = Process.Start(start)!;
        await kill.WaitForExitAsync();
    }

    /// <summary>The direct children of a process.</summary>
    public static async Task<IReadOnlyList<int>> ChildrenAsync(int id)
    {
        using var ps = Process.Start(new ProcessStartInfo("ps", ["-o", "pid=", "--ppid", id.ToString(CultureInfo.InvariantCulture)]) { RedirectStandardOutput = true })!;
        var text = await ps.StandardOutput.ReadToEndAsync();
        await ps.WaitForExitAsync();
        return [.. text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries).Select(word => int.Parse(word, CultureInfo.InvariantCulture))];
    }
}
