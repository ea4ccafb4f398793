using Certctl.Core.Domain.Certificates;
using Microsoft.EntityFrameworkCore.Metadata;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Microsoft.EntityFrameworkCore.Metadata.Conventions;
using Microsoft.EntityFrameworkCore.Metadata.Conventions.Infrastructure;

namespace Certctl.Core.Persistence;

/// <summary>An index for every foreign key, except those of certificates: every renewal writes an entry of each index that they have,
/// so their configuration names the ones they need.</summary>
internal sealed class ForeignKeyIndexes(ProviderConventionSetBuilderDependencies dependencies) : ForeignKeyIndexConvention(dependencies)
{
    protected override IConventionIndex? CreateIndex(IReadOnlyList<IConventionProperty> properties, bool unique, IConventionEntityTypeBuilder entityTypeBuilder) =>
        entityTypeBuilder.Metadata.ClrType == typeof(ManagedCertificate) ? null : base.CreateIndex(properties, unique, entityTypeBuilder);
}
