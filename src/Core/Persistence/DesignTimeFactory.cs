using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Design;
using Npgsql;

namespace Certctl.Core.Persistence;

/// <summary>Lets <c>dotnet ef migrations add</c> build the model without a running service.</summary>
internal sealed class DesignTimeFactory : IDesignTimeDbContextFactory<CertctlDbContext>
{
    public CertctlDbContext CreateDbContext(string[] args)
    {
        var options = new DbContextOptionsBuilder<CertctlDbContext>();
        options.UseCertctl(NpgsqlDataSource.Create("Host=localhost"));
        return new CertctlDbContext(options.Options);
    }
}
