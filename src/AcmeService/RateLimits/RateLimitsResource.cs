using System.Text;
using Certctl.AcmeService.Endpoints;
using Certctl.Core.Domain.Acme;

namespace Certctl.AcmeService.RateLimits;

/// <summary>Where <c>Link: rel="help"</c> of a rateLimited problem leads (RFC 8555 6.6): the limits of this directory, for people.</summary>
public sealed class RateLimitsResource(RateLimitSettings settings)
{
    public static void Map(AcmeRoutes routes) =>
        routes.Get<RateLimitsResource>("rate_limits", "/rate-limits", (resource, request, _) => Task.FromResult(resource.Read(request)));

    private AcmeAnswer Read(PublicRequest request)
    {
        var limits = AccountLimits.Of(settings, request.Profile, new AcmeLimits());
        var text = $"""
            Limits of this ACME directory. Retry-After says when the next request is let through.

            New orders of an account          {PerHour(limits.OrdersPerHour)}
            Open orders of an account         {(limits.ConcurrentOrders > 0 ? $"{limits.ConcurrentOrders} that are pending, ready or processing" : "not limited")}
            Key changes of an account         {PerHour(limits.KeyChangesPerHour)}
            Responses to a challenge          {PerHour(limits.ChallengeRespondsPerHour)}
            Failed validations of a name      {PerHour(request.Profile.AcmeRateLimited ? settings.FailedValidationsPerHour : 0)}
            New accounts from an address      {PerHour(settings.NewAccountsPerAddressPerHour)}
            Requests that no account signed   {(settings.PerAddressPerMinute > 0 ? $"{settings.PerAddressPerMinute} a minute from one address" : "not limited")}

            An order that names the certificate it replaces (RFC 9773) and comes within the window suggested
            for that is never held up by the limits on orders. A new authorization without an order counts as one.
            Operators can set other limits for an account.

            """;
        return new AcmeAnswer(200) { Body = Encoding.UTF8.GetBytes(text), ContentType = "text/plain; charset=utf-8" };
    }

    private static string PerHour(int limit) => limit > 0 ? $"{limit} an hour" : "not limited";
}
