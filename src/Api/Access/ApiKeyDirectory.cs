using System.Buffers.Binary;
using System.Security.Cryptography;
using Certctl.Core.Domain.Access;
using Certctl.Core.Persistence;
using Microsoft.EntityFrameworkCore;

namespace Certctl.Api.Access;

/// <summary>The API keys of the environment and of the table <c>api_keys</c>, in memory, read again every two seconds:
/// a key deleted on another replica stops here within that time.</summary>
internal sealed class ApiKeyDirectory(IServiceScopeFactory scopes, AccessSettings settings, TimeProvider time) : ITokenDirectory, IDisposable
{
    private readonly Entry[] fixedEntries = [.. NamedKeys.Read(settings).Select(k => new Entry(Token.HashOf(k.Key), k.Caller, null))];
    private readonly SemaphoreSlim refreshing = new(1);
    private volatile Dictionary<ulong, Entry> entries = [];

    public ValueTask<Caller?> FindAsync(ReadOnlyMemory<byte> tokenHash, CancellationToken cancellationToken)
    {
        var found = entries.TryGetValue(Slot(tokenHash.Span), out var entry)
            && CryptographicOperations.FixedTimeEquals(entry.Hash, tokenHash.Span)
            && !(entry.ExpiresAt <= time.GetUtcNow());
        return new ValueTask<Caller?>(found ? entry!.Caller : null);
    }

    /// <summary>Whether the environment gives a key of this name: audit events could not tell a second one from it.</summary>
    public bool IsOfEnvironment(string name) => fixedEntries.Any(e => e.Caller.Actor == name);

    /// <summary>Reads the table. Two that overlap take turns, so that the one that began later wins.</summary>
    public async Task RefreshAsync(CancellationToken cancellationToken)
    {
        await refreshing.WaitAsync(cancellationToken);
        try
        {
            await using var scope = scopes.CreateAsyncScope();
            var rows = await scope.ServiceProvider.GetRequiredService<CertctlDbContext>().ApiKeys.AsNoTracking()
                .Where(k => k.RevokedAt == null).ToListAsync(cancellationToken);
            var next = new Dictionary<ulong, Entry>();
            foreach (var row in rows) Add(next, new Entry(row.KeyHash, Known(row), row.ExpiresAt));
            foreach (var entry in fixedEntries) Add(next, entry);
            entries = next;
        }
        finally
        {
            refreshing.Release();
        }
    }

    public void Dispose() => refreshing.Dispose();

    /// <summary>The same instance as before where nothing changed, so that its principal stays cached.</summary>
    private Caller Known(ApiKey row)
    {
        var caller = new Caller(row.Name, row.Id, row.Role, AgentIdPrefix: row.AgentIdPrefix);
        return entries.TryGetValue(Slot(row.KeyHash), out var entry) && entry.Caller == caller ? entry.Caller : caller;
    }

    private static void Add(Dictionary<ulong, Entry> to, Entry entry) => to[Slot(entry.Hash)] = entry;

    private static ulong Slot(ReadOnlySpan<byte> hash) => BinaryPrimitives.ReadUInt64LittleEndian(hash);

    private sealed record Entry(byte[] Hash, Caller Caller, DateTimeOffset? ExpiresAt);
}
