using System.ComponentModel;
using System.Globalization;
using Certctl.Api.Problems;
using Microsoft.AspNetCore.Mvc;

namespace Certctl.Api.Paging;

/// <summary>One page of a list.</summary>
/// <param name="Data">The items, at most as many as asked for.</param>
/// <param name="NextCursor">What to send as cursor for the next page; null at the end.</param>
public sealed record Page<T>(IReadOnlyList<T> Data, string? NextCursor);

/// <summary>Which page of a list is asked for. Texts, so that a bad value is answered by field.</summary>
public record PageQuery
{
    private const int DefaultLimit = 50;
    private const int MaxLimit = 500;

    [FromQuery(Name = "limit"), Description("Items a page, 1 to 500; 50 unless given.")]
    public string? Limit { get; init; }

    [FromQuery(Name = "cursor"), Description("next_cursor of the page before; it goes with the same sort.")]
    public string? Cursor { get; init; }

    internal int Take => Limit is null ? DefaultLimit
        : int.TryParse(Limit, NumberStyles.None, CultureInfo.InvariantCulture, out var limit) && limit is >= 1 and <= MaxLimit ? limit
        : throw new InvalidRequestException("limit", $"must be a whole number from 1 to {MaxLimit}");
}

/// <summary>A page of a list that can be sorted.</summary>
public record SortedPageQuery : PageQuery
{
    [FromQuery(Name = "sort"), Description("Name of the field to sort by; a minus before it reverses.")]
    public string? Sort { get; init; }
}
