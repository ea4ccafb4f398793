namespace Certctl.Api.Access;

/// <summary>Knows some of the tokens by their SHA-256, in memory: API keys are one directory, agents' own tokens another.</summary>
public interface ITokenDirectory
{
    /// <summary>The caller of a token; null when this directory does not know it. Looks in the database at most on a miss.</summary>
    ValueTask<Caller?> FindAsync(ReadOnlyMemory<byte> tokenHash, CancellationToken cancellationToken);
}
