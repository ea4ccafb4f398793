namespace Certctl.Core.Domain.Acme;

/// <summary>A variant that a profile's directory offers by name (draft-ietf-acme-profiles).</summary>
public sealed record AcmeVariant
{
    /// <summary>A sentence, or a URL, for people: the directory shows it.</summary>
    public string Description { get; init; } = "";

    /// <summary>Lifetime of its certificates in seconds, at most the profile's.</summary>
    public int MaxTtlSeconds { get; init; }
}
