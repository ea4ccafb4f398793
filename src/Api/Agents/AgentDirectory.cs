using System.Collections.Concurrent;
using Certctl.Api.Access;
using Certctl.Core.Domain;

namespace Certctl.Api.Agents;

/// <summary>Every agent in memory, by id and by token, so that a heartbeat costs no SQL. Loaded at start, told of changes by
/// <c>AgentChanged</c>, and kept honest by a short refresh that reads what is newer.</summary>
internal sealed class AgentDirectory(AgentRows rows, TimeProvider time) : ITokenDirectory
{
    /// <summary>How far back each refresh reads again: clocks that differ, and transactions that commit late.</summary>
    private static readonly TimeSpan Overlap = TimeSpan.FromSeconds(15);

    private readonly ConcurrentDictionary<string, AgentEntry> byId = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<TokenHash, AgentEntry> byToken = new();
    private readonly MissLimit misses = new(time);
    private DateTimeOffset? lastRefresh;
    private volatile int active;

    /// <summary>Agents that are not retired.</summary>
    public int Active => active;

    /// <summary>The agent of this id, retired or not. Looks in the database at most on a miss.</summary>
    /// <exception cref="Npgsql.NpgsqlException">It was a miss and the database does not answer.</exception>
    /// <exception cref="TimeoutException">Too many unknown agents are looked for: whether this one exists is not known.</exception>
    public ValueTask<AgentEntry?> FindAsync(string id, CancellationToken cancellationToken)
    {
        if (byId.TryGetValue(id, out var entry)) return new(entry);
        return IsPossible(id) && MayExist(id) ? LookAsync(id, cancellationToken) : default;
    }

    private bool MayExist(object key) => misses.Ask(key) switch
    {
        Miss.Look => true,
        Miss.Unknown => false,
        _ => throw new TimeoutException("Too many unknown agents are looked for at this moment."),
    };

    private static bool IsPossible(string id) => id.Length <= Identifiers.MaxLength && !id.Contains('\0', StringComparison.Ordinal);

    /// <inheritdoc/>
    /// <exception cref="Npgsql.NpgsqlException">It was a miss and the database does not answer.</exception>
    public ValueTask<Caller?> FindAsync(ReadOnlyMemory<byte> tokenHash, CancellationToken cancellationToken)
    {
        var key = TokenHash.Of(tokenHash.Span);
        if (byToken.TryGetValue(key, out var entry)) return new(entry.Caller);
        return MayExist(key) ? LookAsync(tokenHash, key, cancellationToken) : default;
    }

    private async ValueTask<AgentEntry?> LookAsync(string id, CancellationToken cancellationToken)
    {
        await ReadAgainAsync(id, cancellationToken);
        if (byId.TryGetValue(id, out var entry)) return entry;
        misses.Vain(id);
        return null;
    }

    private async ValueTask<Caller?> LookAsync(ReadOnlyMemory<byte> tokenHash, TokenHash key, CancellationToken cancellationToken)
    {
        await foreach (var (id, row) in rows.WithTokenAsync(tokenHash, cancellationToken)) Put(id, row);
        if (byToken.TryGetValue(key, out var entry)) return entry.Caller;
        misses.Vain(key);
        return null;
    }

    /// <summary>Reads one agent's row; a row that is gone leaves the directory.</summary>
    public async Task ReadAgainAsync(string id, CancellationToken cancellationToken)
    {
        var found = false;
        await foreach (var (_, row) in rows.OfAsync(id, cancellationToken))
        {
            Put(id, row);
            found = true;
        }

        if (!found && byId.TryRemove(id, out var gone) && gone.Row.Token is { } token) byToken.TryRemove(token, out _);
    }

    /// <summary>Reads every row that changed since the last refresh; all of them the first time. One caller at a time.</summary>
    public async Task RefreshAsync(CancellationToken cancellationToken)
    {
        // By the database's clock and not by the newest row: else all that changed with it is read again until something else
        // changes, and a row from a clock that runs ahead hides what changes after it.
        var now = await rows.NowAsync(cancellationToken);
        var changed = lastRefresh is { } last ? rows.ChangedSinceAsync(last - Overlap, cancellationToken) : rows.AllAsync(cancellationToken);
        var any = lastRefresh is null;
        await foreach (var (id, row) in changed)
        {
            Put(id, row);
            any = true;
        }

        // Only now: of a read that broke off in between the rest must come with the next.
        lastRefresh = now;
        if (any) active = byId.Count(e => !e.Value.Row.Retired);
    }

    private void Put(string id, AgentRow row)
    {
        var entry = byId.GetOrAdd(id, static key => new AgentEntry(key));
        var former = entry.Row.Token;
        entry.Row = row;
        if (former is { } old && old != row.Token) byToken.TryRemove(old, out _);
        if (row.Token is { } token) byToken[token] = entry;
        misses.Forget(id);
    }
}
