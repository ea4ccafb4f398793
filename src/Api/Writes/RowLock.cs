using System.Runtime.CompilerServices;
using Certctl.Core.Persistence;
using Microsoft.EntityFrameworkCore;

namespace Certctl.Api.Writes;

internal static class RowLock
{
    /// <summary>The row of that id, locked until the transaction ends: what is decided on it stays true until it is written.
    /// Where both are locked, a renewal comes before its certificate, as in the workers' statements.</summary>
    public static async Task<T?> LockAsync<T>(this CertctlDbContext context, string id, CancellationToken cancellationToken) where T : class
    {
        var entity = context.Model.FindEntityType(typeof(T))!;
        var key = entity.FindPrimaryKey()!.Properties.Single().GetColumnName();
        var sql = FormattableStringFactory.Create("SELECT *, xmin FROM " + entity.GetTableName() + " WHERE " + key + " = {0} FOR UPDATE", id);
        var rows = await context.Set<T>().FromSql(sql).ToListAsync(cancellationToken);
        return rows.SingleOrDefault();
    }
}
