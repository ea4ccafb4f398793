using Certctl.AcmeService.Endpoints;
using Certctl.AcmeService.Protocol;
using Certctl.AcmeService.RateLimits;
using Certctl.AcmeService.Validation;
using Certctl.Core.Domain.Acme;

namespace Certctl.AcmeService.Authorizations;

/// <summary>A challenge (RFC 8555 7.5.1): an empty payload reads it, an object asks for its validation.</summary>
public sealed class ChallengeResource(
    AuthorizationStore authorizations, Recent<AuthorizationRow> recent, ChallengeStart start, RateLimiter limiter, RateLimitSettings limits, TimeProvider time)
{
    public static void Map(AcmeRoutes routes) =>
        routes.Post<ChallengeResource>("challenge_respond", "/challenge/{id}", KeyUse.Kid, PayloadUse.Any, (resource, request, token) => resource.PostAsync(request, token));

    private async Task<AcmeAnswer> PostAsync(SignedRequest request, CancellationToken cancellationToken)
    {
        if (request.Jws.IsPostAsGet) return await ReadAsync(request, cancellationToken);
        if (Wire.Read<ChallengeResponse>(request.Payload, out _) is { } unreadable) return unreadable;
        var remembered = recent.Take(request.Id, request.Account.Id, request.Profile.Id);
        if ((remembered ?? await FindAsync(request, cancellationToken)) is not { } authorization) return Problems.NotFound("challenge");
        if (AccountLimits.Of(limits, request.Profile, request.Limits).ChallengeRespondsPerHour is > 0 and var perHour
            && await limiter.RefuseAsync(Bucket.ChallengeResponds(request.Id, perHour), "responses to this challenge", request.Urls, cancellationToken) is { } limited)
            return limited;
        if (await StartAsync(request, authorization, cancellationToken) is { } answer) return answer;
        // What was remembered may have changed since: then this started nothing.
        if (remembered is not null)
        {
            if (await FindAsync(request, cancellationToken) is not { } now) return Problems.NotFound("challenge");
            if (await StartAsync(request, authorization = now, cancellationToken) is { } second) return second;
        }

        // Who asked twice at once gets the same answer: only one of the two started it.
        return authorization.Answer(ChallengeOf(request, authorization) with { Status = AcmeChallengeStatus.Processing }, request.Urls, time.GetUtcNow());
    }

    /// <returns>Null when the end of an attempt did not come meanwhile.</returns>
    private async Task<AcmeAnswer?> StartAsync(SignedRequest request, AuthorizationRow authorization, CancellationToken cancellationToken)
    {
        var challenge = ChallengeOf(request, authorization);
        if (challenge.Status != AcmeChallengeStatus.Pending) return authorization.Answer(challenge, request.Urls, time.GetUtcNow());
        if (authorization.StatusAt(time.GetUtcNow()) != AcmeAuthorizationStatus.Pending)
            return Problems.Malformed("The authorization of this challenge is not pending any more.");
        return await start.StartAsync(challenge, request, cancellationToken) switch
        {
            null => null,
            { ProvenAt: { } provenAt } => authorization.Answer(
                challenge with { Status = AcmeChallengeStatus.Valid, ValidatedAt = provenAt }, request.Urls, time.GetUtcNow()),
            _ => await ReadAsync(request, cancellationToken),
        };
    }

    private async Task<AcmeAnswer> ReadAsync(SignedRequest request, CancellationToken cancellationToken) =>
        await FindAsync(request, cancellationToken) is { } authorization
            ? authorization.Answer(ChallengeOf(request, authorization), request.Urls, time.GetUtcNow())
            : Problems.NotFound("challenge");

    private Task<AuthorizationRow?> FindAsync(SignedRequest request, CancellationToken cancellationToken) =>
        authorizations.FindByChallengeAsync(request.Id, request.Account.Id, request.Profile.Id, cancellationToken);

    private static ChallengeRow ChallengeOf(SignedRequest request, AuthorizationRow authorization) =>
        authorization.Challenges.Single(c => c.ChallengeId == request.Id);
}
