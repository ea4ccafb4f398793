using Certctl.AcmeService.Endpoints;
using Certctl.AcmeService.Protocol;
using Certctl.AcmeService.RateLimits;
using Certctl.AcmeService.Validation;
using Certctl.Core.Domain.Acme;

namespace Certctl.AcmeService.Authorizations;

/// <summary>A challenge (RFC 8555 7.5.1): an empty payload reads it, an object asks for its validation.</summary>
public sealed class ChallengeResource(
    AuthorizationStore authorizations, Recent<RecentAuthorization> recent, ChallengeStart start, RateLimiter limiter, RateLimitSettings limits, TimeProvider time)
{
    public static void Map(AcmeRoutes routes) =>
        routes.Post<ChallengeResource>("challenge_respond", "/challenge/{id}", KeyUse.Kid, PayloadUse.Any, (resource, request, token) => resource.PostAsync(request, token));

    private async Task<AcmeAnswer> PostAsync(SignedRequest request, CancellationToken cancellationToken)
    {
        if (!request.Jws.IsPostAsGet && Wire.Read<ChallengeResponse>(request.Payload, out _) is { } unreadable) return unreadable;
        var remembered = request.Jws.IsPostAsGet ? null : RecentlyRead(request);
        var authorization = remembered ?? await authorizations.FindByChallengeAsync(request.Id, request.Account.Id, request.Profile.Id, cancellationToken);
        if (authorization is null) return Problems.NotFound("challenge");
        var challenge = authorization.Challenges.Single(c => c.ChallengeId == request.Id);
        if (!request.Jws.IsPostAsGet && AccountLimits.Of(limits, request.Profile, request.Limits).ChallengeRespondsPerHour is > 0 and var perHour
            && await limiter.RefuseAsync(Bucket.ChallengeResponds(request.Id, perHour), "responses to this challenge", request.Urls, cancellationToken) is { } limited)
            return limited;
        if (request.Jws.IsPostAsGet || challenge.Status != AcmeChallengeStatus.Pending) return authorization.Answer(challenge, request.Urls, time.GetUtcNow());
        if (authorization.StatusAt(time.GetUtcNow()) != AcmeAuthorizationStatus.Pending)
            return Problems.Malformed("The authorization of this challenge is not pending any more.");
        // Who asked twice at once gets the same answer: only one of the two started it.
        var end = await start.StartAsync(challenge, request, cancellationToken);
        // And what was read before may have changed since: then this started nothing.
        if (end is { ProvenAt: null } || (end is null && remembered is not null)) return await ReadAsync(request, cancellationToken);
        var now = end is null
            ? challenge with { Status = AcmeChallengeStatus.Processing }
            : challenge with { Status = AcmeChallengeStatus.Valid, ValidatedAt = end.ProvenAt };
        return authorization.Answer(now, request.Urls, time.GetUtcNow());
    }

    private AuthorizationRow? RecentlyRead(SignedRequest request) =>
        recent.Take(request.Id) is { } authorization && authorization.AccountId == request.Account.Id && authorization.ProfileId == request.Profile.Id
            ? authorization.Row
            : null;

    private async Task<AcmeAnswer> ReadAsync(SignedRequest request, CancellationToken cancellationToken)
    {
        var authorization = await authorizations.FindByChallengeAsync(request.Id, request.Account.Id, request.Profile.Id, cancellationToken);
        return authorization is null ? Problems.NotFound("challenge")
            : authorization.Answer(authorization.Challenges.Single(c => c.ChallengeId == request.Id), request.Urls, time.GetUtcNow());
    }
}
