using System.Diagnostics;
using System.Globalization;
using System.Text.Json;

namespace Certctl.Bench;

/// <summary>One run of wrk, as load/heartbeats.lua reports it.</summary>
internal sealed record WrkResult(long Requests, double Seconds, long Failed, double P50Ms, double P99Ms)
{
    private static readonly JsonSerializerOptions Json = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    public static async Task<WrkResult> RunAsync(BenchSettings settings, string pathPrefix, int seconds)
    {
        var start = new ProcessStartInfo("wrk", ["-t1", "-c" + settings.Connections.ToString(CultureInfo.InvariantCulture),
            $"-d{seconds}s", "--timeout", "10s", "-s", settings.Script, settings.BaseUrl])
        {
            RedirectStandardOutput = true,
        };
        start.Environment["BENCH_PATH_PREFIX"] = pathPrefix;
        start.Environment["BENCH_TOKEN"] = settings.Token;
        using var wrk = Process.Start(start)!;
        var output = await wrk.StandardOutput.ReadToEndAsync();
        await wrk.WaitForExitAsync();
        var line = output.Split('\n').SingleOrDefault(l => l.StartsWith("RESULT ", StringComparison.Ordinal))
            ?? throw new InvalidOperationException("wrk failed: " + output);
        return JsonSerializer.Deserialize<WrkResult>(line["RESULT ".Length..], Json)!;
    }
}

/// <summary>What load/heartbeats.sh hands over.</summary>
internal sealed record BenchSettings(string BaseUrl, string Token, string ViewerToken, string Script, string DatabaseUrl, int RabbitMqPid)
{
    public string CaFile { get; } = Path.Combine(Text("CERTCTL_STATE_DIR"), "ca.pem");
    public int Connections { get; } = Number("BENCH_CONNECTIONS", 256);
    public int WarmUpSeconds { get; } = Number("BENCH_WARM_UP", 30);
    public int WindowSeconds { get; } = Number("BENCH_WINDOW", 12);
    public int Windows { get; } = Number("BENCH_WINDOWS", 3);

    /// <summary>With how many agents a heartbeat's cost is measured, from the fewest to the most.</summary>
    public IReadOnlyList<int> AgentCounts { get; } = [.. (Environment.GetEnvironmentVariable("BENCH_AGENTS") ?? "10000 100000 1000000")
        .Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(n => int.Parse(n, CultureInfo.InvariantCulture)).Where(n => n > 0)];

    public static BenchSettings FromEnvironment() => new(
        Text("BENCH_URL"), Text("BENCH_TOKEN"), Text("BENCH_VIEWER_TOKEN"), Text("BENCH_SCRIPT"), Text("CERTCTL_DATABASE_URL"),
        int.Parse(Text("BENCH_RABBITMQ_PID"), CultureInfo.InvariantCulture));

    private static string Text(string name) =>
        Environment.GetEnvironmentVariable(name) ?? throw new InvalidOperationException(name + " is not set: run load/heartbeats.sh.");

    private static int Number(string name, int otherwise) =>
        int.TryParse(Environment.GetEnvironmentVariable(name), CultureInfo.InvariantCulture, out var number) ? number : otherwise;
}
