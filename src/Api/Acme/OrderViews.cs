using System.ComponentModel;
using System.Text.Json;
using Certctl.Api.Paging;
using Certctl.Core.Domain.Acme;
using Certctl.Core.Persistence;
using Microsoft.AspNetCore.Mvc;

namespace Certctl.Api.Acme;

/// <summary>What an order asks a certificate for (RFC 8555 9.7.7).</summary>
/// <param name="Type">dns or ip.</param>
public sealed record AcmeIdentifierView(string Type, string Value);

/// <summary>An ACME order as the API shows it.</summary>
/// <param name="Variant">The variant of the profile that was chosen.</param>
/// <param name="Replaces">ARI's identifier of the certificate that this one takes the place of.</param>
/// <param name="Error">The problem that its client finds in it, once it is invalid.</param>
/// <param name="RenewalId">Once finalized: the renewal that issues, which also says why one failed.</param>
public sealed record AcmeOrderView(
    string Id, string OrderId, string AccountId, string ProfileId, AcmeOrderStatus Status, IReadOnlyList<AcmeIdentifierView> Identifiers,
    DateTimeOffset ExpiresAt, DateTimeOffset? NotBefore, DateTimeOffset? NotAfter, string? Variant, string? Replaces, JsonElement? Error,
    string? RenewalId, string? CertificateId, string? VersionId, DateTimeOffset CreatedAt, DateTimeOffset UpdatedAt)
{
    public static AcmeOrderView Of(AcmeOrder o) => new(
        o.OrderId, o.OrderId, o.AccountId, o.ProfileId, o.Status, JsonText.To<AcmeIdentifierView[]>(o.Identifiers), o.ExpiresAt, o.NotBefore, o.NotAfter,
        o.Variant, o.Replaces, o.Error is null ? null : JsonElement.Parse(o.Error), o.RenewalId, o.CertificateId, o.VersionId, o.CreatedAt, o.UpdatedAt);
}

/// <summary>Which ACME orders a list shows.</summary>
public sealed record OrderQuery : PageQuery
{
    [FromQuery(Name = "account_id")]
    public string? AccountId { get; init; }

    [FromQuery(Name = "profile_id")]
    public string? ProfileId { get; init; }

    [FromQuery(Name = "status"), Description("pending, ready, processing, valid or invalid.")]
    public string? Status { get; init; }

    internal IQueryable<AcmeOrder> Filter(IQueryable<AcmeOrder> orders)
    {
        if (QueryValues.OneOf<AcmeOrderStatus>("status", Status, SnakeCase.ToText) is { } status) orders = orders.Where(o => o.Status == status);
        if (AccountId is not null) orders = orders.Where(o => o.AccountId == AccountId);
        if (ProfileId is not null) orders = orders.Where(o => o.ProfileId == ProfileId);
        return orders;
    }
}
