using System.Security.Cryptography;
using System.Text;
using Certctl.Api.Access;
using Certctl.Api.Problems;
using Certctl.Core.Domain.Access;
using Certctl.Core.Issuance;
using Certctl.Core.Persistence;
using Certctl.Core.Pki;
using Microsoft.EntityFrameworkCore;

namespace Certctl.Api.Writes;

/// <summary>Idempotency-Key on POST: the first request's answer is kept for 24 hours, in the transaction of its effect, and
/// given again. Requests with the same key take turns, so that of two at once the second one gets the first one's answer.</summary>
internal sealed class Idempotency(CertctlDbContext context, SecretBox secrets, TimeProvider time)
{
    public const string Header = "Idempotency-Key";

    /// <summary>Longest key, in characters.</summary>
    public const int MaxKeyLength = 255;

    private static readonly TimeSpan KeptFor = TimeSpan.FromHours(24);

    /// <summary>Waits for the turn of this key; then what is known of it: an answer to give instead of running, or none.</summary>
    public async Task<IResult?> BeginAsync(IdempotencyKey key, CancellationToken cancellationToken)
    {
        var turn = $"{key.Actor}\n{key.Key}";
        await context.Database.ExecuteSqlAsync($"SELECT pg_advisory_xact_lock(hashtextextended({turn}, 0))", cancellationToken);
        var earlier = await context.IdempotentRequests.AsNoTracking()
            .SingleOrDefaultAsync(r => r.Actor == key.Actor && r.Key == key.Key, cancellationToken);
        if (earlier is null) return null;
        if (earlier.CreatedAt < time.GetUtcNow() - KeptFor)
        {
            await context.IdempotentRequests.Where(r => r.Actor == key.Actor && r.Key == key.Key).ExecuteDeleteAsync(cancellationToken);
            return null;
        }

        if (!CryptographicOperations.FixedTimeEquals(earlier.RequestHash, key.RequestHash)) return Problem.IdempotencyKeyReused();
        var body = secrets.Open(new EncryptedSecret(earlier.KeyEncryptionKeyId, earlier.EncryptedBody), AnswerSeal.For(key.Actor, key.Key));
        return new KeptAnswer(earlier.StatusCode, earlier.Location, earlier.EntityTag, body, Replayed: true);
    }

    /// <summary>Keeps the answer, and gives it back in the form in which it is kept.</summary>
    public async Task<KeptAnswer> KeepAsync(IdempotencyKey key, HttpContext http, IResult result)
    {
        var answer = await KeptAnswer.CaptureAsync(http, result);
        var body = secrets.Seal(answer.Body, AnswerSeal.For(key.Actor, key.Key));
        context.IdempotentRequests.Add(new IdempotentRequest
        {
            Actor = key.Actor,
            Key = key.Key,
            RequestHash = key.RequestHash,
            StatusCode = answer.StatusCode,
            Location = answer.Location,
            EntityTag = answer.EntityTag,
            EncryptedBody = body.Ciphertext,
            KeyEncryptionKeyId = body.KeyId,
            CreatedAt = time.GetUtcNow(),
        });
        return answer;
    }
}

/// <summary>Whose key, and the SHA-256 of the request that carries it: method, path, query and body.</summary>
internal sealed record IdempotencyKey(string Actor, string Key, byte[] RequestHash)
{
    /// <summary>The key of a request; null when it has none. The body must have been buffered.</summary>
    /// <exception cref="InvalidRequestException">The header is not a possible key.</exception>
    public static async Task<IdempotencyKey?> OfAsync(HttpContext http, CancellationToken cancellationToken)
    {
        var header = http.Request.Headers[Idempotency.Header];
        if (header.Count == 0) return null;
        var key = header.ToString();
        if (header.Count > 1 || key.Length is 0 or > Idempotency.MaxKeyLength || key.AsSpan().ContainsAnyExceptInRange('!', '~'))
            throw new InvalidRequestException(Idempotency.Header, $"must be 1 to {Idempotency.MaxKeyLength} visible ASCII characters");
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(Encoding.UTF8.GetBytes($"{http.Request.Method} {http.Request.Path}{http.Request.QueryString}\n"));
        http.Request.Body.Position = 0;
        hash.AppendData(await SHA256.HashDataAsync(http.Request.Body, cancellationToken));
        return new IdempotencyKey(http.Caller().Actor, key, hash.GetHashAndReset());
    }
}
