using Certctl.AcmeService.Endpoints;
using Certctl.AcmeService.Orders;
using Certctl.AcmeService.Protocol;
using Certctl.Core.Domain.Profiles;
using Npgsql;

namespace Certctl.AcmeService.Validation.Caa;

/// <summary>Before an order is issued, looks at CAA again where the look that came with the proof is too old (RFC 8659 3; the
/// CA/Browser Forum's 3.2.2.8 says 8 hours). Of all names at once: their number is bounded, and the client waits.</summary>
public sealed class CaaRecheck(NpgsqlDataSource database, IChallengeValidator validator, AcmeSettings settings, TimeProvider time)
{
    /// <summary>A refusal when CAA forbids a name, or cannot be looked up. The order stays as it is: finalize may be tried again.</summary>
    public async Task<AcmeProblem?> RefuseAsync(SignedRequest request, OrderRow order, CancellationToken cancellationToken)
    {
        if (settings.CaaIdentities.Length == 0 || request.Profile.AcmeAuthMode != AcmeAuthModes.Challenge) return null;
        var names = await FindOldAsync(request, order, cancellationToken);
        var results = await Task.WhenAll(names.Select(name => validator.CheckCaaAsync(name, cancellationToken)));
        var failed = results.Zip(names).Where(r => r.First.Problem is not null).ToList();
        if (failed.Count == 0) return null;
        // What CAA forbids is worth more to the client than what could not be looked up.
        var worst = failed.Find(r => !r.First.IsTransient).First ?? failed[0].First;
        return worst.Problem! with
        {
            Subproblems = [.. failed.Select(r => new Subproblem(r.First.Problem!.Type, r.First.Problem.Detail, r.Second.Identifier))],
        };
    }

    private async Task<List<CaaRequest>> FindOldAsync(SignedRequest request, OrderRow order, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand("""
            SELECT c.type, a.identifier_type, a.identifier_value, a.wildcard, c.account_url
            FROM acme_authorizations a JOIN acme_challenges c ON c.authz_id = a.authz_id
            WHERE a.authz_id = ANY($1) AND c.status = 'valid' AND c.validated_at <= $2
            """);
        command.Parameters.Texts(order.AuthorizationIds).Time(time.GetUtcNow() - settings.CaaMaxAge);
        var names = new List<CaaRequest>();
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
            names.Add(new CaaRequest(
                reader.GetString(0), new Identifier(reader.GetString(1), reader.GetString(2)), reader.GetBoolean(3),
                reader.TextOrNull(4) ?? request.Urls.Account(request.Account.Id)));
        return names;
    }
}
