using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace Certctl.Core.Persistence;

internal static class NpgsqlOptions
{
    public static DbContextOptionsBuilder UseCertctl(this DbContextOptionsBuilder options, NpgsqlDataSource dataSource) =>
        options.UseNpgsql(dataSource).UseSnakeCaseNamingConvention();
}
