using System.Globalization;
using System.Text.Json;
using Certctl.Bench;
using Certctl.Load.Http;
using Npgsql;

var json = new JsonSerializerOptions { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };
switch (args)
{
    case ["serve"]: return await BenchHost.RunAsync();
    case ["serve-acme"]: return await AcmeBenchHost.RunAsync();
    case ["heartbeats", var output]: return await HeartbeatBench.RunAsync(output);
    case ["bare", var count]:
        BareCrypto.Run(WarmUp(count));
        return await MeasureAsync(() => Task.FromResult(new { seconds = BareCrypto.Run(Number(count)) }));
    case ["row-by-row", var count]:
        await using (var database = NpgsqlDataSource.Create(DatabaseUrl()))
        {
            using var loop = new RowByRow(database);
            await loop.RunAsync(WarmUp(count));
            return await MeasureAsync(async () => new { seconds = await loop.RunAsync(Number(count)) });
        }
    case ["bulk", var environment]:
        using (var client = new LoadClient(Variable("CERTCTL_BASE"), Variable("CERTCTL_TOKEN"), Variable("CERTCTL_CA")))
            return await MeasureAsync(() => BulkRun.RunAsync(client, environment));
    default:
        Console.Error.WriteLine("usage: Bench heartbeats RESULT.json | bare COUNT | row-by-row COUNT | bulk ENVIRONMENT   (see load/*.sh, which run them)");
        return 2;
}

async Task<int> MeasureAsync<T>(Func<Task<T>> run)
{
    var before = Cpu.Read();
    var result = JsonSerializer.SerializeToNode(await run(), json)!.AsObject();
    await Task.Delay(TimeSpan.FromSeconds(1)); // What is stored is committed; its last messages are still acknowledged.
    if (before is not null) result["cpu"] = JsonSerializer.SerializeToNode(Cpu.Read()!.Since(before), json);
    Console.WriteLine(result.ToJsonString());
    return 0;
}

static int Number(string text) => int.Parse(text, CultureInfo.InvariantCulture);

// In the process that is measured: what its code costs the first time is no part of the figure.
static int WarmUp(string text) => Number(text) / 5;

static string Variable(string name) => Environment.GetEnvironmentVariable(name) ?? throw new InvalidOperationException(name + " is not set: a script in load/ sets it.");

static string DatabaseUrl() => Certctl.Core.Hosting.Database.ConnectionString(
    new Certctl.Core.Hosting.Settings.DatabaseSettings { Url = Variable("CERTCTL_DATABASE_URL"), MaxConnections = 40 }, "certctl-bench");
