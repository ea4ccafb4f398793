using Certctl.AcmeService.Endpoints;
using Certctl.AcmeService.Protocol;
using Certctl.AcmeService.RateLimits;
using Certctl.AcmeService.RenewalInformation;
using Certctl.Core.Pki;

namespace Certctl.AcmeService.Orders;

/// <summary>newOrder (RFC 8555 7.4), with replaces (RFC 9773 5) and profile (draft-ietf-acme-profiles).</summary>
public sealed class NewOrderResource(OrderCreation creation, Replacements replacements, FailedValidations failedValidations, TimeProvider time)
{
    public static void Map(AcmeRoutes routes) =>
        routes.Post<NewOrderResource>("new_order", "/new-order", KeyUse.Kid, PayloadUse.Json, (resource, request, token) => resource.PostAsync(request, token));

    private async Task<AcmeAnswer> PostAsync(SignedRequest request, CancellationToken cancellationToken)
    {
        if (Wire.Read<NewOrder>(request.Payload, out var payload) is { } unreadable) return unreadable;
        var (names, refused) = IdentifierRules.Check(payload.Identifiers, request.Profile, request.Account.AllowedDomains);
        if (refused is not null)
        {
            AcmeCounters.NewOrderRejected.Add(1);
            return refused;
        }

        if (VariantProblem(request, payload.Profile) is { } noVariant) return noVariant;
        if (ValidityProblem(request, payload) is { } badValidity) return badValidity;
        var replaced = payload.Replaces is null ? null : await replacements.FindAsync(request, payload.Replaces, names, cancellationToken);
        if (replaced?.Problem is { } notReplaceable) return notReplaceable;
        if (await failedValidations.RefuseAsync(request, names, cancellationToken) is { } failedTooOften) return failedTooOften;
        return await creation.CreateAsync(new OrderDraft(
            request, names, payload.NotBefore, payload.NotAfter, payload.Profile, payload.Replaces,
            IsRenewalInTime: replaced?.IsInWindow ?? false), cancellationToken);
    }

    private static AcmeProblem? VariantProblem(SignedRequest request, string? variant) =>
        variant is null || request.Profile.AcmeVariants.ContainsKey(variant) ? null
        : Problems.InvalidProfile(request.Profile.AcmeVariants.Count == 0
            ? "This directory offers no profiles to choose from."
            : $"There is no such profile; the directory offers {string.Join(", ", request.Profile.AcmeVariants.Keys.Order())}.");

    /// <summary>What issuance would refuse later is refused now (RFC 8555 7.4).</summary>
    private AcmeProblem? ValidityProblem(SignedRequest request, NewOrder payload)
    {
        var now = time.GetUtcNow();
        var longest = TimeSpan.FromSeconds(payload.Profile is null ? request.Profile.MaxTtlSeconds : request.Profile.AcmeVariants[payload.Profile].MaxTtlSeconds);
        if (payload.NotBefore < now - longest) return Problems.Malformed("notBefore lies too far in the past.");
        if (payload.NotBefore > now + longest) return Problems.Malformed("notBefore lies too far in the future.");
        return Validity.Of(payload.NotBefore, payload.NotAfter, now, longest) is null
            ? Problems.Malformed($"notBefore and notAfter must name a validity of at most {(long)longest.TotalSeconds} s that is not over.")
            : null;
    }
}

/// <summary>An order that may be created.</summary>
/// <param name="IsRenewalInTime">It replaces a certificate within its suggested window: no limit holds it up.</param>
public sealed record OrderDraft(
    SignedRequest Request, IReadOnlyList<Core.Domain.Names.SubjectAltName> Names, DateTimeOffset? NotBefore, DateTimeOffset? NotAfter, string? Variant,
    string? Replaces, bool IsRenewalInTime);
