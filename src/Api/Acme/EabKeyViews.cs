using System.ComponentModel;
using Certctl.Api.Paging;
using Certctl.Core.Domain.Acme;
using Microsoft.AspNetCore.Mvc;

namespace Certctl.Api.Acme;

/// <summary>A key for external account binding (RFC 8555 7.3.4) as the API shows it: all but the MAC key.</summary>
/// <param name="KeyId">What the client sends as kid; the same as the id.</param>
/// <param name="Accounts">How many accounts were opened with it.</param>
public sealed record EabKeyView(
    string Id, string KeyId, string ProfileId, string Name, IReadOnlyList<string> AllowedDomains, bool Reusable, DateTimeOffset? ExpiresAt,
    long Accounts, DateTimeOffset? LastUsedAt, DateTimeOffset? RevokedAt, string CreatedBy, DateTimeOffset CreatedAt)
{
    public static EabKeyView Of(AcmeEabKey k, long accounts) => new(
        k.KeyId, k.KeyId, k.ProfileId, k.Name, k.AllowedDomains, k.Reusable, k.ExpiresAt, accounts, k.LastUsedAt, k.RevokedAt, k.CreatedBy, k.CreatedAt);
}

/// <summary>A new key for external account binding.</summary>
/// <param name="HmacKey">The MAC key, 256 bits in base64url, as clients take it. Shown this once.</param>
public sealed record NewEabKeyView(
    string Id, string KeyId, string HmacKey, string ProfileId, string Name, IReadOnlyList<string> AllowedDomains, bool Reusable,
    DateTimeOffset? ExpiresAt, string CreatedBy, DateTimeOffset CreatedAt)
{
    public static NewEabKeyView Of(AcmeEabKey k, string hmacKey) => new(
        k.KeyId, k.KeyId, hmacKey, k.ProfileId, k.Name, k.AllowedDomains, k.Reusable, k.ExpiresAt, k.CreatedBy, k.CreatedAt);
}

/// <summary>A new key for external account binding, good for one profile.</summary>
public sealed record CreateEabKey
{
    public string? ProfileId { get; init; }

    [Description("Whom or what it is for.")]
    public string? Name { get; init; }

    [Description("Domains under which its accounts may order, at most 100; the profile alone decides unless given.")]
    public string?[]? AllowedDomains { get; init; }

    [Description("true: it opens any number of accounts; else one.")]
    public bool Reusable { get; init; }

    [Description("Until when it opens accounts; for ever unless given.")]
    public DateTimeOffset? ExpiresAt { get; init; }
}

/// <summary>Which keys a list shows.</summary>
public sealed record EabKeyQuery : SortedPageQuery
{
    [FromQuery(Name = "profile_id")]
    public string? ProfileId { get; init; }

    internal IQueryable<AcmeEabKey> Filter(IQueryable<AcmeEabKey> keys) => ProfileId is null ? keys : keys.Where(k => k.ProfileId == ProfileId);
}
