using System.Text.Json;

namespace Certctl.AcmeService.Protocol;

/// <summary>The directory (RFC 8555 7.1.1).</summary>
public sealed record Directory(
    string NewNonce, string NewAccount, string NewOrder, string NewAuthz, string RevokeCert, string KeyChange, string? RenewalInfo, DirectoryMeta? Meta);

/// <param name="Profiles">Variants to choose from, with a description each (draft-ietf-acme-profiles).</param>
public sealed record DirectoryMeta(
    string? TermsOfService, string? Website, IReadOnlyList<string>? CaaIdentities, bool? ExternalAccountRequired, IReadOnlyDictionary<string, string>? Profiles);

/// <summary>An account (RFC 8555 7.1.2).</summary>
public sealed record Account(string Status, IReadOnlyList<string> Contact, bool? TermsOfServiceAgreed, string Orders, JsonElement? ExternalAccountBinding = null);

/// <summary>A page of an account's orders (RFC 8555 7.1.2.1).</summary>
public sealed record OrdersList(IReadOnlyList<string> Orders);

/// <summary>An order (RFC 8555 7.1.3).</summary>
public sealed record Order(
    string Status, DateTimeOffset Expires, IReadOnlyList<Identifier> Identifiers, DateTimeOffset? NotBefore, DateTimeOffset? NotAfter,
    IReadOnlyList<string> Authorizations, string Finalize, string? Certificate, ProblemDocument? Error, string? Replaces, string? Profile);

/// <summary>An authorization (RFC 8555 7.1.4).</summary>
public sealed record Authorization(string Status, DateTimeOffset Expires, Identifier Identifier, bool? Wildcard, IReadOnlyList<Challenge> Challenges);

/// <summary>A challenge (RFC 8555 7.1.5, 8).</summary>
public sealed record Challenge(string Type, string Url, string Status, string Token, DateTimeOffset? Validated, ProblemDocument? Error);

/// <summary>Renewal information (RFC 9773 4.2).</summary>
public sealed record RenewalInfo(SuggestedWindow SuggestedWindow, [property: System.Text.Json.Serialization.JsonPropertyName("explanationURL")] string? ExplanationUrl = null);

/// <summary>When to renew; the end is always after the start.</summary>
public sealed record SuggestedWindow(DateTimeOffset Start, DateTimeOffset End);

/// <summary>A problem document on the wire (RFC 8555 6.7, RFC 9457), and in the error columns.</summary>
public sealed record ProblemDocument(
    string Type, string Detail, int? Status = null, IReadOnlyList<SubproblemDocument>? Subproblems = null, IReadOnlyList<string>? Algorithms = null,
    string? Instance = null);

public sealed record SubproblemDocument(string Type, string Detail, Identifier? Identifier = null);
