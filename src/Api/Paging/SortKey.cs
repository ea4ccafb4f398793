using System.Diagnostics.CodeAnalysis;
using System.Linq.Expressions;
using System.Runtime.CompilerServices;
using Microsoft.EntityFrameworkCore;

namespace Certctl.Api.Paging;

/// <summary>A column that a list can be sorted by, with the id as tie-break.</summary>
internal abstract class SortKey<T>(string name)
{
    public string Name { get; } = name;

    public abstract IQueryable<T> Order(IQueryable<T> rows, bool descending);

    /// <summary>The rows that come after the cursor; null when its value is none of this key.</summary>
    public abstract IQueryable<T>? After(IQueryable<T> rows, Cursor cursor, bool descending);

    public abstract Cursor CursorOf(T row, string sort);
}

/// <inheritdoc/>
internal sealed class SortKey<T, TKey>(
    string name, Expression<Func<T, TKey>> key, Expression<Func<T, string>> id, Func<TKey, string?> format, Func<string, (bool Ok, TKey Value)> parse)
    : SortKey<T>(name)
{
    private readonly Func<T, TKey> keyOf = key.Compile();
    private readonly Func<T, string> idOf = id.Compile();

    public override IQueryable<T> Order(IQueryable<T> rows, bool descending) => descending
        ? rows.OrderByDescending(key).ThenByDescending(id)
        : rows.OrderBy(key).ThenBy(id);

    public override IQueryable<T>? After(IQueryable<T> rows, Cursor cursor, bool descending)
    {
        var row = key.Parameters[0];
        var rowId = new Rebind(id.Parameters[0], row).Visit(id.Body);
        var isNull = default(TKey) is null ? Expression.Equal(key.Body, Expression.Constant(null, typeof(TKey))) : null;
        Expression after;
        if (cursor.Value is null)
        {
            if (isNull is null) return null;
            // PostgreSQL sorts nulls last, and first when descending: after a null come the nulls with a further id, then,
            // descending, everything else.
            var further = Expression.AndAlso(isNull, Compare([Expression.Constant(0), rowId], [Expression.Constant(0), Parameter(cursor.Id)], descending));
            after = descending ? Expression.OrElse(Expression.Not(isNull), further) : further;
        }
        else
        {
            if (parse(cursor.Value) is not (true, var value)) return null;
            after = Compare([key.Body, rowId], [Parameter(value), Parameter(cursor.Id)], descending);
            if (isNull is not null && !descending) after = Expression.OrElse(after, isNull);
        }

        return rows.Where(Expression.Lambda<Func<T, bool>>(after, row));
    }

    public override Cursor CursorOf(T row, string sort) => new(sort, format(keyOf(row)), idOf(row));

    /// <summary>A row-value comparison, (a, b) &gt; (x, y), which an index on both columns serves.</summary>
    private static MethodCallExpression Compare(Expression[] left, Expression[] right, bool descending) => Expression.Call(
        typeof(NpgsqlDbFunctionsExtensions), descending ? nameof(NpgsqlDbFunctionsExtensions.LessThan) : nameof(NpgsqlDbFunctionsExtensions.GreaterThan), null,
        Expression.Constant(EF.Functions), Tuple(left), Tuple(right));

    private static UnaryExpression Tuple(Expression[] parts) => Expression.Convert(
        Expression.Call(typeof(ValueTuple), nameof(ValueTuple.Create), [.. parts.Select(p => p.Type)], parts), typeof(ITuple));

    /// <summary>A captured variable, so that EF Core makes it a parameter of the statement.</summary>
    private static MemberExpression Parameter<TValue>(TValue value) =>
        Expression.Field(Expression.Constant(new StrongBox<TValue>(value)), nameof(StrongBox<TValue>.Value));

    private sealed class Rebind(Expression from, Expression to) : ExpressionVisitor
    {
        [return: NotNullIfNotNull(nameof(node))]
        public override Expression? Visit(Expression? node) => node == from ? to : base.Visit(node);
    }
}
