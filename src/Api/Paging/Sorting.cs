using System.Globalization;
using System.Linq.Expressions;
using Certctl.Api.Problems;
using Microsoft.EntityFrameworkCore;

namespace Certctl.Api.Paging;

/// <summary>The sorts of one list, and the page that a request asks for.</summary>
internal sealed class Sorting<T>(Expression<Func<T, string>> id, string defaultSort) where T : class
{
    private readonly Dictionary<string, SortKey<T>> keys = [];

    public Sorting<T> By(string name, Expression<Func<T, string>> key) => Add(name, key, v => v, t => (true, t));

    public Sorting<T> By(string name, Expression<Func<T, DateTimeOffset>> key) => Add(name, key, v => Format(v), t => (TryParse(t, out var v), v));

    public Sorting<T> By(string name, Expression<Func<T, DateTimeOffset?>> key) =>
        Add(name, key, v => v is { } time ? Format(time) : null, t => (TryParse(t, out var v), v));

    public Sorting<T> By<TEnum>(string name, Expression<Func<T, TEnum>> key) where TEnum : struct, Enum =>
        Add(name, key, v => v.ToString(), t => (Enum.TryParse<TEnum>(t, out var v) && Enum.IsDefined(v), v));

    /// <summary>Reads the page, one row more than asked for, to know whether another follows.</summary>
    /// <exception cref="InvalidRequestException">Limit, cursor or sort is not valid.</exception>
    public async Task<Page<TView>> PageAsync<TView>(
        IQueryable<T> rows, PageQuery query, Func<T, TView> view, CancellationToken cancellationToken)
    {
        var sort = (query as SortedPageQuery)?.Sort ?? defaultSort;
        var descending = sort.StartsWith('-');
        if (!keys.TryGetValue(sort[(descending ? 1 : 0)..], out var key))
            throw new InvalidRequestException("sort", $"must be one of {string.Join(", ", keys.Keys)}, with - before it for descending");
        var take = query.Take;
        if (Cursor.Read(query.Cursor, sort) is { } cursor) rows = key.After(rows, cursor, descending) ?? throw Cursor.Invalid();
        var found = await key.Order(rows, descending).Take(take + 1).AsNoTracking().ToListAsync(cancellationToken);
        var next = found.Count > take ? key.CursorOf(found[take - 1], sort).Encode() : null;
        return new Page<TView>([.. found.Take(take).Select(view)], next);
    }

    private Sorting<T> Add<TKey>(string name, Expression<Func<T, TKey>> key, Func<TKey, string?> format, Func<string, (bool, TKey)> parse)
    {
        keys.Add(name, new SortKey<T, TKey>(name, key, id, format, parse));
        return this;
    }

    private static string Format(DateTimeOffset time) => time.ToUniversalTime().ToString("O", CultureInfo.InvariantCulture);

    private static bool TryParse(string text, out DateTimeOffset time) =>
        DateTimeOffset.TryParseExact(text, "O", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out time);
}
