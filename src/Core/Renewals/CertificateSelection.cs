using System.Text;
using Certctl.Core.Domain.Renewals;
using Npgsql;
using NpgsqlTypes;

namespace Certctl.Core.Renewals;

/// <summary>Criteria as SQL over <c>managed_certificates c</c>: only what is given becomes a condition, every value a parameter.</summary>
public static class CertificateSelection
{
    /// <summary>Adds the criteria's parameters to the command and gives back the conditions, ANDed; "true" when there are none.</summary>
    public static string Where(CertificateCriteria criteria, NpgsqlParameterCollection parameters)
    {
        var sql = new StringBuilder("true");
        Equal("c.certificate_profile_id", criteria.ProfileId);
        Equal("c.owner_id", criteria.OwnerId);
        Equal("c.agent_id", criteria.AgentId);
        Equal("c.issuer_id", criteria.IssuerId);
        Equal("c.team_id", criteria.TeamId);
        Equal("c.environment", criteria.Environment);
        if (criteria.NamePrefix is { } prefix) Add("starts_with(c.name, {0})", NpgsqlDbType.Text, prefix);
        if (criteria.ExpiresBefore is { } before) Add("c.expires_at < {0}", NpgsqlDbType.TimestampTz, before.ToUniversalTime());
        if (criteria.ExpiresAfter is { } after) Add("c.expires_at > {0}", NpgsqlDbType.TimestampTz, after.ToUniversalTime());
        if (criteria.CertificateIds is { } ids) Add("c.id = ANY({0})", NpgsqlDbType.Array | NpgsqlDbType.Text, ids.ToArray());
        return sql.ToString();

        void Equal(string column, string? value)
        {
            if (value is not null) Add(column + " = {0}", NpgsqlDbType.Text, value);
        }

        void Add(string condition, NpgsqlDbType type, object value)
        {
            var name = $"criterion_{parameters.Count}";
            parameters.Add(new NpgsqlParameter(name, type) { Value = value });
            sql.Append(" AND ").AppendFormat(null, System.Text.CompositeFormat.Parse(condition), "@" + name);
        }
    }
}
