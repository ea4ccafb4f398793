using System.Data.Common;

namespace Certctl.Api.Problems;

/// <summary>Finds what the database driver said below what came up.</summary>
internal static class DatabaseFailure
{
    /// <summary>The driver's exception, or null when it was none: EF Core wraps it, sometimes twice; an exhausted pool is a time-out.</summary>
    public static Exception? In(Exception? e) => e is null or DbException or TimeoutException ? e : In(e.InnerException);
}
