using Certctl.AcmeService.Endpoints;
using Certctl.AcmeService.Orders;
using Certctl.AcmeService.Protocol;
using Certctl.Core.Domain.Names;
using Npgsql;

namespace Certctl.AcmeService.RateLimits;

/// <summary>Failed validations of one account and name, an hour: once they are used up, the account gets no order for that name.
/// They are spent along with the challenge that ends invalid.</summary>
public sealed class FailedValidations(NpgsqlDataSource database, RateLimitSettings settings)
{
    public bool AreLimited => settings.FailedValidationsPerHour > 0;

    /// <summary>A CTE that spends one for each row of <c>done</c>, never more than the bucket holds.</summary>
    public const string SpendSql = """
        , spent AS (
            INSERT INTO acme_rate_limits AS b (key, full_at) SELECT $8, clock_timestamp() + $9 FROM done
            ON CONFLICT (key) DO UPDATE SET full_at = LEAST(GREATEST(b.full_at, clock_timestamp()) + $9, clock_timestamp() + interval '1 hour')
        )
        """;

    public void AddParameters(NpgsqlParameterCollection parameters, string accountId, string name)
    {
        var bucket = Bucket.FailedValidations(accountId, name, settings.FailedValidationsPerHour);
        parameters.Text(bucket.Key).Span(bucket.Interval);
    }

    /// <summary>A refusal when any of the names has failed too often.</summary>
    public async Task<AcmeProblem?> RefuseAsync(SignedRequest request, IReadOnlyList<SubjectAltName> names, CancellationToken cancellationToken)
    {
        if (!AreLimited || !request.Profile.AcmeRateLimited) return null;
        var buckets = names.Select(n => IdentifierRules.IsWildcard(n) ? n.Value[2..] : n.Value).Distinct()
            .ToDictionary(name => Bucket.FailedValidations(request.Account.Id, name, settings.FailedValidationsPerHour));
        await using var command = database.CreateCommand("""
            SELECT key, full_at - $2 - clock_timestamp() FROM acme_rate_limits
            WHERE key = ANY($1) AND full_at > clock_timestamp() + $2 ORDER BY full_at DESC LIMIT 1
            """);
        command.Parameters.Texts(buckets.Keys.Select(b => b.Key)).Span(buckets.Keys.First().Reach);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        if (!await reader.ReadAsync(cancellationToken)) return null;
        AcmeCounters.Refused("failed-validation");
        var (failed, wait) = (buckets.Single(b => b.Key.Key == reader.GetString(0)).Value, reader.GetTimeSpan(1));
        return Problems.RateLimited(
            $"Too many failed validations of '{failed}': at most {settings.FailedValidationsPerHour} an hour.", wait, request.Urls.RateLimits);
    }
}
