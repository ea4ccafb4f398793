using Certctl.Core.Hosting;
using Certctl.Core.Hosting.Settings;
using Npgsql;

namespace Certctl.IntegrationTests.Hosting;

/// <summary>A database made for one server and dropped after it.</summary>
public sealed class TestDatabase : IAsyncDisposable
{
    private readonly NpgsqlDataSource source;
    private readonly string name;

    private TestDatabase(string name)
    {
        this.name = name;
        // Unpooled: a pooled connection would not outlive the restart of PostgreSQL that some tests are about.
        source = NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(Given()) { Database = name, Pooling = false });
        ConnectionString = new NpgsqlConnectionStringBuilder(Given()) { Database = name }.ConnectionString;
    }

    public string ConnectionString { get; }

    public static async Task<TestDatabase> CreateAsync()
    {
        var name = $"certctl_test_{Guid.NewGuid():N}";
        await AdministerAsync($"CREATE DATABASE {name}");
        return new TestDatabase(name);
    }

    /// <summary>Runs a statement with parameters $1, $2, … and gives back the number of rows.</summary>
    public async Task<int> Execute(string sql, params object[] parameters)
    {
        await using var command = Command(sql, parameters);
        return await command.ExecuteNonQueryAsync();
    }

    /// <summary>The first column of the first row.</summary>
    public async Task<T> Value<T>(string sql, params object[] parameters)
    {
        await using var command = Command(sql, parameters);
        return (T)(await command.ExecuteScalarAsync())!;
    }

    /// <summary>The first column of every row.</summary>
    public async Task<List<T>> Column<T>(string sql, params object[] parameters)
    {
        await using var command = Command(sql, parameters);
        await using var reader = await command.ExecuteReaderAsync();
        var values = new List<T>();
        while (await reader.ReadAsync()) values.Add(reader.GetFieldValue<T>(0));
        return values;
    }

    public async ValueTask DisposeAsync()
    {
        await source.DisposeAsync();
        await AdministerAsync($"DROP DATABASE {name} WITH (FORCE)");
    }

    private NpgsqlCommand Command(string sql, object[] parameters)
    {
        var command = source.CreateCommand(sql);
        foreach (var parameter in parameters) command.Parameters.Add(new NpgsqlParameter { Value = parameter });
        return command;
    }

    private static string Given() => Certctl.Core.Hosting.Database.ConnectionString(
        new DatabaseSettings { Url = TestServices.Required("CERTCTL_TEST_DATABASE_URL"), MaxConnections = 10 }, "certctl-tests");

    private static async Task AdministerAsync(string sql)
    {
        await using var administration = NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(Given()) { Pooling = false });
        await using var command = administration.CreateCommand(sql);
        await command.ExecuteNonQueryAsync();
    }
}
