using System.ComponentModel;
using Certctl.Api.Json;
using Certctl.Api.Paging;
using Certctl.Core.Domain.Acme;
using Certctl.Core.Persistence;
using Microsoft.AspNetCore.Mvc;

namespace Certctl.Api.Acme;

/// <summary>An ACME account as the API shows it.</summary>
/// <param name="EabKeyId">The external account that it is bound to.</param>
/// <param name="Limits">Its own limits. Null: as the profile's or as configured; 0: no limit.</param>
/// <param name="OpenOrders">Its orders that are pending, ready or processing; null in lists.</param>
/// <param name="Certificates">Its managed certificates, whatever their status; null in lists.</param>
public sealed record AcmeAccountView(
    string Id, string AccountId, string ProfileId, AcmeAccountStatus Status, IReadOnlyList<string> Contact, string JwkThumbprint, string? EabKeyId,
    DateTimeOffset? TermsAgreedAt, AcmeLimits Limits, long? OpenOrders, long? Certificates, DateTimeOffset CreatedAt, DateTimeOffset UpdatedAt)
{
    public static AcmeAccountView Of(AcmeAccount a) => new(
        a.AccountId, a.AccountId, a.ProfileId, a.Status, a.Contact, a.JwkThumbprint, a.EabKeyId, a.TermsAgreedAt, a.Limits, null, null, a.CreatedAt, a.UpdatedAt);
}

/// <summary>What an operator changes of an ACME account.</summary>
public sealed record ChangeAccount
{
    [Description("revoked suspends the account; valid admits a revoked one again.")]
    public Given<string> Status { get; init; }

    [Description("0 to 1,000,000. 0: no limit; null: as the profile's or as configured.")]
    public Given<ChangeLimits> Limits { get; init; }
}

/// <summary>Which ACME accounts a list shows.</summary>
public sealed record AccountQuery : PageQuery
{
    [FromQuery(Name = "profile_id")]
    public string? ProfileId { get; init; }

    [FromQuery(Name = "status"), Description("valid, deactivated or revoked.")]
    public string? Status { get; init; }

    [FromQuery(Name = "eab_key_id"), Description("The key for external account binding that they were opened with.")]
    public string? EabKeyId { get; init; }

    internal IQueryable<AcmeAccount> Filter(IQueryable<AcmeAccount> accounts)
    {
        if (QueryValues.OneOf<AcmeAccountStatus>("status", Status, SnakeCase.ToText) is { } status) accounts = accounts.Where(a => a.Status == status);
        if (ProfileId is not null) accounts = accounts.Where(a => a.ProfileId == ProfileId);
        if (EabKeyId is not null) accounts = accounts.Where(a => a.EabKeyId == EabKeyId);
        return accounts;
    }
}
