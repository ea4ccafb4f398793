using System.ComponentModel;
using System.Globalization;
using Certctl.Api.Access;
using Certctl.Api.Paging;
using Certctl.Api.Problems;
using Certctl.Core.Auditing;
using Certctl.Core.Domain.Access;
using Certctl.Core.Persistence;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.EntityFrameworkCore;

namespace Certctl.Api.Audit;

/// <summary>A seal over a range of audit events.</summary>
/// <param name="EventsHash">SHA-256 over the events, in hexadecimal.</param>
/// <param name="Seal">HMAC-SHA256 over that, the range and the seal before, in hexadecimal: keep the last one elsewhere.</param>
public sealed record AuditSealView(long FromSequence, long ToSequence, long Count, string EventsHash, string Seal, string KeyId, DateTimeOffset SealedAt)
{
    public static AuditSealView Of(AuditSeal s) => new(
        s.FromSequence, s.ToSequence, s.Count, Convert.ToHexStringLower(s.EventsHash), Convert.ToHexStringLower(s.Seal), s.KeyId, s.SealedAt);
}

/// <summary>What to verify.</summary>
public sealed record AuditVerificationQuery
{
    [FromQuery(Name = "from_sequence"), Description("Where to begin; 1 unless given. next_from_sequence of the answer before goes on.")]
    public string? FromSequence { get; init; }

    [FromQuery(Name = "known_seal"), Description("A seal that was kept elsewhere, in hexadecimal: known_seal_verified of one answer of the walk must say true.")]
    public string? KnownSeal { get; init; }
}

/// <summary>What a verification found. Intact: everything it looked at is as it was sealed.</summary>
/// <param name="KnownSealVerified">Whether the known seal is among the seals that match, in this answer; null when none was given.</param>
public sealed record AuditVerdictView(
    bool Intact, long Seals, long Events, long? ToSequence, AuditMismatch? FirstMismatch, long? NextFromSequence, long UnsealedEvents, bool? KnownSealVerified);

internal static class AuditSealEndpoints
{
    private const string Sort = "-from_sequence";
    private const int SealLength = 32;

    public static void MapAuditSeals(this IEndpointRouteBuilder api)
    {
        var group = api.MapGroup("/audit-seals").WithTags("Audit").RequireAuthorization(Policies.Admin);
        group.MapGet("/", ListAsync).WithSummary("List seals over the audit events, newest first");
        group.MapGet("/verify", VerifyAsync).WithSummary("Compare the audit events with their seals, a bounded number a request");
    }

    /// <summary>Ranges count upwards: where one begins is the whole cursor.</summary>
    private static async Task<Ok<Page<AuditSealView>>> ListAsync([AsParameters] PageQuery query, CertctlDbContext context, CancellationToken cancellationToken)
    {
        var take = query.Take;
        var seals = context.AuditSeals.AsNoTracking();
        if (Cursor.Read(query.Cursor, Sort) is { } cursor)
        {
            if (!long.TryParse(cursor.Id, NumberStyles.None, CultureInfo.InvariantCulture, out var last)) throw Cursor.Invalid();
            seals = seals.Where(s => s.FromSequence < last);
        }

        var found = await seals.OrderByDescending(s => s.FromSequence).Take(take + 1).ToListAsync(cancellationToken);
        var next = found.Count > take ? new Cursor(Sort, null, found[take - 1].FromSequence.ToString(CultureInfo.InvariantCulture)).Encode() : null;
        return TypedResults.Ok(new Page<AuditSealView>([.. found.Take(take).Select(AuditSealView.Of)], next));
    }

    private static async Task<Ok<AuditVerdictView>> VerifyAsync(
        [AsParameters] AuditVerificationQuery query, AuditVerification verification, CancellationToken cancellationToken)
    {
        var verdict = await verification.RunAsync(From(query.FromSequence), Seal(query.KnownSeal), cancellationToken);
        return TypedResults.Ok(new AuditVerdictView(
            verdict.FirstMismatch is null, verdict.Seals, verdict.Events, verdict.ToSequence, verdict.FirstMismatch, verdict.NextFromSequence,
            verdict.UnsealedEvents, verdict.KnownSealVerified));
    }

    private static long From(string? text) => text is null ? 1
        : long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var from) && from >= 1 ? from
        : throw new InvalidRequestException("from_sequence", "must be a whole number of at least 1");

    private static byte[]? Seal(string? text)
    {
        if (text is null) return null;
        var seal = new byte[SealLength];
        return text.Length == 2 * SealLength && Convert.FromHexString(text, seal, out _, out _) == System.Buffers.OperationStatus.Done
            ? seal
            : throw new InvalidRequestException("known_seal", "must be a seal as this API shows it: 64 hexadecimal digits");
    }
}
