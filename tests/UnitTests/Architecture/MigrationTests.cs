using Certctl.Core.Persistence;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;
using Microsoft.EntityFrameworkCore.Migrations.Operations;

namespace Certctl.UnitTests.Architecture;

/// <summary>The version before this one runs on the migrated database, save where docs/operator/upgrades.md asks for a stop.</summary>
public sealed class MigrationTests
{
    private static readonly string Page = File.ReadAllText(Path.Combine(SourceTree.Root, "docs", "operator", "upgrades.md"));

    private static readonly string[] Dropping = ["DROP TABLE", "DROP COLUMN", "RENAME COLUMN", "RENAME TO", "SET NOT NULL"];

    [Fact]
    public void Migrations_only_add_unless_the_operator_is_told_to_stop_everything()
    {
        var migrations = All();
        Assert.True(migrations.Count >= 5, $"only {migrations.Count} migrations");
        // The first one finds nothing that it could break.
        var breaking = migrations.Skip(1)
            .Select(m => (m.Id, Reasons: m.Migration.UpOperations.Select(o => Reason(m.Migration, o)).OfType<string>().ToList()))
            .Where(m => m.Reasons.Count > 0 && !Page.Contains($"`{m.Id}`", StringComparison.Ordinal))
            .Select(m => $"{m.Id} {string.Join(", ", m.Reasons)}");
        Assert.Empty(breaking);
    }

    [Fact]
    public void Who_is_told_to_stop_everything_has_a_reason()
    {
        var needless = All().Where(m => Page.Contains($"`{m.Id}`", StringComparison.Ordinal) && !m.Migration.UpOperations.Any(o => Reason(m.Migration, o) is not null));
        Assert.Empty(needless.Select(m => m.Id));
    }

    /// <summary>What an older version would stumble over; null for what it does not notice.</summary>
    private static string? Reason(Migration migration, MigrationOperation operation) => operation switch
    {
        DropTableOperation o => $"drops the table {o.Name}",
        DropColumnOperation o => $"drops {o.Table}.{o.Name}",
        RenameTableOperation o => $"renames the table {o.Name}",
        RenameColumnOperation o => $"renames {o.Table}.{o.Name}",
        AlterColumnOperation o when !o.IsNullable && o.OldColumn.IsNullable => $"makes {o.Table}.{o.Name} required",
        AlterColumnOperation o when o.ColumnType != o.OldColumn.ColumnType => $"changes the type of {o.Table}.{o.Name}",
        AddColumnOperation { IsNullable: false, DefaultValue: null, DefaultValueSql: null, ComputedColumnSql: null } o => $"adds {o.Table}.{o.Name}, required and without a default",
        AddUniqueConstraintOperation o => $"forbids duplicates in {o.Table}",
        CreateIndexOperation { IsUnique: true } o when !IsNew(migration, o) => $"forbids duplicates in {o.Table}",
        AddCheckConstraintOperation o => $"checks {o.Table}",
        SqlOperation o when Drops(o.Sql) => "drops by SQL",
        _ => null,
    };

    /// <summary>Over a table, or an optional column, of which an older version knows nothing.</summary>
    private static bool IsNew(Migration migration, CreateIndexOperation index) =>
        migration.UpOperations.OfType<CreateTableOperation>().Any(t => t.Name == index.Table)
        || migration.UpOperations.OfType<AddColumnOperation>().Any(c => c.Table == index.Table && c.IsNullable && index.Columns.Contains(c.Name));

    private static bool Drops(string sql) =>
        Dropping.Any(word => sql.Contains(word, StringComparison.OrdinalIgnoreCase));

    private static List<(string Id, Migration Migration)> All()
    {
        using var context = new CertctlDbContext(new DbContextOptionsBuilder<CertctlDbContext>().UseNpgsql("Host=nowhere").Options);
        var assembly = context.GetService<IMigrationsAssembly>();
        return [.. assembly.Migrations.Select(m => (m.Key, assembly.CreateMigration(m.Value, context.Database.ProviderName!)))];
    }
}
