using Npgsql;
using NpgsqlTypes;

namespace Certctl.Core.Persistence;

/// <summary>Positional parameters of hand-written statements, each with its PostgreSQL type.</summary>
public static class SqlParameters
{
    public static NpgsqlParameterCollection Text(this NpgsqlParameterCollection parameters, string? value) => parameters.Typed(value, NpgsqlDbType.Text);

    public static NpgsqlParameterCollection Texts(this NpgsqlParameterCollection parameters, IEnumerable<string?> values) =>
        parameters.Typed(values.ToArray(), NpgsqlDbType.Array | NpgsqlDbType.Text);

    public static NpgsqlParameterCollection Numbers(this NpgsqlParameterCollection parameters, IEnumerable<int> values) =>
        parameters.Typed(values.ToArray(), NpgsqlDbType.Array | NpgsqlDbType.Integer);

    public static NpgsqlParameterCollection Bytes(this NpgsqlParameterCollection parameters, IEnumerable<byte[]?> values) =>
        parameters.Typed(values.ToArray(), NpgsqlDbType.Array | NpgsqlDbType.Bytea);

    public static NpgsqlParameterCollection Flags(this NpgsqlParameterCollection parameters, IEnumerable<bool> values) =>
        parameters.Typed(values.ToArray(), NpgsqlDbType.Array | NpgsqlDbType.Boolean);

    public static NpgsqlParameterCollection Time(this NpgsqlParameterCollection parameters, DateTimeOffset? value) =>
        parameters.Typed(value?.UtcDateTime, NpgsqlDbType.TimestampTz);

    public static NpgsqlParameterCollection Times(this NpgsqlParameterCollection parameters, IEnumerable<DateTimeOffset?> values) =>
        parameters.Typed(values.Select(v => v?.UtcDateTime).ToArray(), NpgsqlDbType.Array | NpgsqlDbType.TimestampTz);

    public static NpgsqlParameterCollection Span(this NpgsqlParameterCollection parameters, TimeSpan value) => parameters.Typed(value, NpgsqlDbType.Interval);

    public static NpgsqlParameterCollection Number(this NpgsqlParameterCollection parameters, int? value) => parameters.Typed(value, NpgsqlDbType.Integer);

    public static NpgsqlParameterCollection BigNumber(this NpgsqlParameterCollection parameters, long value) => parameters.Typed(value, NpgsqlDbType.Bigint);

    public static NpgsqlParameterCollection Binary(this NpgsqlParameterCollection parameters, byte[]? value) => parameters.Typed(value, NpgsqlDbType.Bytea);

    public static NpgsqlParameterCollection Flag(this NpgsqlParameterCollection parameters, bool value) => parameters.Typed(value, NpgsqlDbType.Boolean);

    public static NpgsqlParameterCollection Json(this NpgsqlParameterCollection parameters, string? value) => parameters.Typed(value, NpgsqlDbType.Jsonb);

    public static NpgsqlParameterCollection Uuid(this NpgsqlParameterCollection parameters, Guid value) => parameters.Typed(value, NpgsqlDbType.Uuid);

    public static NpgsqlParameterCollection Uuids(this NpgsqlParameterCollection parameters, Guid[] values) =>
        parameters.Typed(values, NpgsqlDbType.Array | NpgsqlDbType.Uuid);

    public static string? TextOrNull(this NpgsqlDataReader reader, int column) => reader.IsDBNull(column) ? null : reader.GetString(column);

    public static DateTimeOffset TimeOf(this NpgsqlDataReader reader, int column) => reader.GetFieldValue<DateTimeOffset>(column);

    public static DateTimeOffset? TimeOrNull(this NpgsqlDataReader reader, int column) => reader.IsDBNull(column) ? null : reader.TimeOf(column);

    private static NpgsqlParameterCollection Typed(this NpgsqlParameterCollection parameters, object? value, NpgsqlDbType type)
    {
        parameters.Add(new NpgsqlParameter { Value = value ?? DBNull.Value, NpgsqlDbType = type });
        return parameters;
    }
}
