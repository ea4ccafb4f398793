using Certctl.AcmeService.Endpoints;
using Certctl.AcmeService.Orders;
using Certctl.AcmeService.Protocol;
using Certctl.AcmeService.RateLimits;
using Certctl.Core.Domain.Acme;
using Certctl.Core.Domain.Profiles;

namespace Certctl.AcmeService.Authorizations;

/// <summary>newAuthz (RFC 8555 7.4.1), and an authorization: read (7.5), given up (7.5.2).</summary>
public sealed class AuthorizationResource(
    AuthorizationStore authorizations, Recent<AuthorizationRow> recent, RateLimiter limiter, RateLimitSettings limits, AcmeSettings settings, TimeProvider time)
{
    public static void Map(AcmeRoutes routes)
    {
        routes.Post<AuthorizationResource>("new_authz", "/new-authz", KeyUse.Kid, PayloadUse.Json, (resource, request, token) => resource.CreateAsync(request, token));
        routes.Post<AuthorizationResource>("authz_read", "/authz/{id}", KeyUse.Kid, PayloadUse.Any, (resource, request, token) => resource.PostAsync(request, token));
    }

    private async Task<AcmeAnswer> CreateAsync(SignedRequest request, CancellationToken cancellationToken)
    {
        if (Wire.Read<NewAuthorization>(request.Payload, out var payload) is { } unreadable) return unreadable;
        var (names, refused) = IdentifierRules.Check([payload.Identifier], request.Profile, request.Account.AllowedDomains);
        if (refused is not null) return refused;
        if (IdentifierRules.IsWildcard(names[0])) return Problems.Malformed("Wildcards are authorized through orders only (RFC 8555 7.4.1).");
        // It writes as much as an order does.
        if (AccountLimits.Of(limits, request.Profile, request.Limits).OrdersPerHour is > 0 and var perHour
            && await limiter.RefuseAsync(Bucket.NewOrders(request.Account.Id, perHour), "new orders and authorizations of this account", request.Urls, cancellationToken) is { } limited)
            return limited;
        var now = time.GetUtcNow();
        var trusted = request.Profile.AcmeAuthMode == AcmeAuthModes.TrustAuthenticated;
        var row = NewAuthorizationRow.For(names[0], request.Profile, null, now + settings.AuthorizationTtl, time);
        await authorizations.AddAsync(request.Account.Id, request.Profile.Id, row, trusted, now, cancellationToken);
        return await AnswerAsync(201, request, row.AuthzId, cancellationToken);
    }

    private async Task<AcmeAnswer> PostAsync(SignedRequest request, CancellationToken cancellationToken)
    {
        if (request.Jws.IsPostAsGet) return await AnswerAsync(200, request, request.Id, cancellationToken);
        if (Wire.Read<AuthorizationUpdate>(request.Payload, out var update) is { } unreadable) return unreadable;
        if (update.Status != "deactivated") return Problems.Malformed("status may only be set to deactivated.");
        var orderError = Wire.Text(Problems.Unauthorized("An authorization of this order was deactivated.", 403));
        await authorizations.DeactivateAsync(request.Id, request.Account.Id, orderError, cancellationToken);
        return await AnswerAsync(200, request, request.Id, cancellationToken);
    }

    private async Task<AcmeAnswer> AnswerAsync(int status, SignedRequest request, string id, CancellationToken cancellationToken)
    {
        if (await authorizations.FindAsync(id, request.Account.Id, request.Profile.Id, cancellationToken) is not { } row) return Problems.NotFound("authorization");
        // Which of its challenges the client answers next, nobody knows yet.
        if (row.Status == AcmeAuthorizationStatus.Pending)
            foreach (var challenge in row.Challenges.Where(c => c.Status == AcmeChallengeStatus.Pending))
                recent.Add(challenge.ChallengeId, request.Account.Id, request.Profile.Id, row);
        return row.Answer(status, request.Urls, time.GetUtcNow());
    }
}
