using System.Globalization;
using System.Text.Json;
using Certctl.Bench;
using Npgsql;

var json = new JsonSerializerOptions { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };
switch (args)
{
    case ["serve"]: return await BenchHost.RunAsync();
    case ["serve-acme"]: return await AcmeBenchHost.RunAsync();
    case ["heartbeats", var output]: return await HeartbeatBench.RunAsync(output);
    case ["bare", var count]: return Print(new { seconds = BareCrypto.Run(Number(count)) });
    case ["row-by-row", var count]:
        await using (var database = NpgsqlDataSource.Create(DatabaseUrl()))
        {
            using var loop = new RowByRow(database);
            return Print(new { seconds = await loop.RunAsync(Number(count)) });
        }
    case ["bulk", var environment]:
        using (var http = LoopbackHttp.Create(Variable("CERTCTL_CA"), new Uri(Variable("CERTCTL_BASE")), TimeSpan.FromSeconds(30)))
            return Print(await BulkRun.RunAsync(http, Variable("CERTCTL_TOKEN"), environment));
    default:
        Console.Error.WriteLine("usage: Bench heartbeats RESULT.json | bare COUNT | row-by-row COUNT | bulk ENVIRONMENT   (see load/*.sh, which run them)");
        return 2;
}

int Print(object result)
{
    Console.WriteLine(JsonSerializer.Serialize(result, json));
    return 0;
}

static int Number(string text) => int.Parse(text, CultureInfo.InvariantCulture);

static string Variable(string name) => Environment.GetEnvironmentVariable(name) ?? throw new InvalidOperationException(name + " is not set: a script in load/ sets it.");

static string DatabaseUrl() => Certctl.Core.Hosting.Database.ConnectionString(
    new Certctl.Core.Hosting.Settings.DatabaseSettings { Url = Variable("CERTCTL_DATABASE_URL"), MaxConnections = 40 }, "certctl-bench");
