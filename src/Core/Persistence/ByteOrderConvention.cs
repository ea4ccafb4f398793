using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Microsoft.EntityFrameworkCore.Metadata.Conventions;

namespace Certctl.Core.Persistence;

/// <summary>Every text column has collation "C".</summary>
internal sealed class ByteOrderConvention : IModelFinalizingConvention
{
    public void ProcessModelFinalizing(IConventionModelBuilder modelBuilder, IConventionContext<IConventionModelBuilder> context)
    {
        foreach (var property in modelBuilder.Metadata.GetEntityTypes().SelectMany(e => e.GetProperties()))
        {
            var stored = property.GetValueConverter()?.ProviderClrType ?? property.ClrType;
            if (stored == typeof(string) && property.GetColumnType() is not "jsonb") property.Builder.UseCollation("C");
        }
    }
}
