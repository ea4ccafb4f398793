using Certctl.Api.Json;
using Certctl.Core.Domain.Names;

namespace Certctl.Api.Problems;

/// <summary>Reads what is given of a PATCH, and keeps what is there where it is not what it must be.</summary>
internal static class FieldValues
{
    private const int MaxDomains = 100;

    public static bool Flag(this FieldErrors errors, string field, Given<bool?> given, bool current)
    {
        if (given is { IsGiven: true, Value: null }) errors.Add(field, "must be true or false");
        return given.Value ?? current;
    }

    public static string[] Texts(this FieldErrors errors, string field, Given<string?[]> given, string[] current)
    {
        if (!given.IsGiven) return current;
        if (given.Value is { } values && values.All(v => v is not null)) return [.. values.Distinct()!];
        errors.Add(field, "must be a list of texts");
        return current;
    }

    /// <summary>Domains under which names are allowed, normalised; none is a wildcard.</summary>
    public static string[] Domains(this FieldErrors errors, string field, string[] domains)
    {
        errors.Check(domains.Length <= MaxDomains, field, $"must be at most {MaxDomains}");
        return [.. domains.Take(MaxDomains).Select(domain =>
        {
            if (DnsName.TryNormalize(domain, out var name, out var error) && name[0] != '*') return name;
            errors.Add(field, error is null ? $"'{domain}' is a wildcard; a domain allows what lies below it by itself" : $"'{domain}' {error}");
            return domain;
        }).Distinct()];
    }
}
