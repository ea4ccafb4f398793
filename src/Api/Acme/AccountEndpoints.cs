using Certctl.Api.Access;
using Certctl.Api.Paging;
using Certctl.Api.Problems;
using Certctl.Api.Writes;
using Certctl.Core.Domain.Acme;
using Certctl.Core.Persistence;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;

namespace Certctl.Api.Acme;

/// <summary>The operators' view of ACME accounts: who they are, their limits, and suspension.</summary>
internal static class AccountEndpoints
{
    private const string Revoked = "revoked";
    private const string Valid = "valid";

    private static readonly Sorting<AcmeAccount> Order = new Sorting<AcmeAccount>(a => a.AccountId, "account_id").By("account_id", a => a.AccountId);

    public static void MapAcmeAccounts(this IEndpointRouteBuilder api)
    {
        var group = api.MapGroup("/acme/accounts").WithTags("ACME");
        group.MapGet("/", ListAsync).RequireAuthorization(Policies.Viewer).WithSummary("List ACME accounts");
        group.MapGet("/{id}", GetAsync).RequireAuthorization(Policies.Viewer).WithSummary("Read an ACME account");
        group.MapPatch("/{id}", ChangeAsync).RequireAuthorization(Policies.Operator).WithSummary("Suspend an ACME account, admit it again, or set its limits");
    }

    private static async Task<Ok<Page<AcmeAccountView>>> ListAsync([AsParameters] AccountQuery query, CertctlDbContext context, CancellationToken cancellationToken) =>
        TypedResults.Ok(await Order.PageAsync(query.Filter(context.AcmeAccounts), query, AcmeAccountView.Of, cancellationToken));

    private static async Task<Results<Ok<AcmeAccountView>, ProblemResult>> GetAsync(
        string id, CertctlDbContext context, HttpContext http, CancellationToken cancellationToken)
    {
        if (await context.AcmeAccounts.AsNoTracking().SingleOrDefaultAsync(a => a.AccountId == id, cancellationToken) is not { } account)
            return Problem.NotFound("ACME account", id);
        http.SetETag(account.RowVersion);
        return TypedResults.Ok(await ViewAsync(account, context, cancellationToken));
    }

    private static async Task<Results<Ok<AcmeAccountView>, ProblemResult>> ChangeAsync(
        string id, ChangeAccount request, CertctlDbContext context, AccountRevocation revocation, AuditTrail audit, HttpContext http, TimeProvider time,
        CancellationToken cancellationToken)
    {
        if (await context.LockAsync<AcmeAccount>(id, cancellationToken) is not { } account) return Problem.NotFound("ACME account", id);
        if (!http.IfMatchHolds(account.RowVersion)) return Problem.PreconditionFailed();
        var errors = new FieldErrors();
        errors.Check(!request.Status.IsGiven || request.Status.Value is Revoked or Valid, "status", "must be revoked or valid");
        var limits = ChangeLimits.Apply(request.Limits, account.Limits, "limits", errors);
        if (errors.Problem is { } problem) return problem;
        if (request.Status.IsGiven && account.Status == AcmeAccountStatus.Deactivated)
            return Problem.Conflict("Its client has deactivated this account; that is final.");

        if (limits != account.Limits)
        {
            account.Limits = limits;
            account.UpdatedAt = time.GetUtcNow();
            audit.Record("acme_account_limits_changed", "acme_account", id, new { limits });
        }

        if (request.Status.Value == Revoked && account.Status == AcmeAccountStatus.Valid)
        {
            account.Status = AcmeAccountStatus.Revoked;
            account.UpdatedAt = time.GetUtcNow();
            var (orders, authorizations) = await revocation.EndWorkAsync(id, cancellationToken);
            audit.Record("acme_account_revoked", "acme_account", id, new { orders, authorizations });
        }

        if (request.Status.Value == Valid && account.Status == AcmeAccountStatus.Revoked)
        {
            account.Status = AcmeAccountStatus.Valid;
            account.UpdatedAt = time.GetUtcNow();
            audit.Record("acme_account_reinstated", "acme_account", id);
        }

        await context.SaveChangesAsync(cancellationToken);
        http.SetETag(account.RowVersion);
        return TypedResults.Ok(await ViewAsync(account, context, cancellationToken));
    }

    private static async Task<AcmeAccountView> ViewAsync(AcmeAccount account, CertctlDbContext context, CancellationToken cancellationToken) =>
        AcmeAccountView.Of(account) with
        {
            OpenOrders = await context.AcmeOrders.LongCountAsync(o => o.AccountId == account.AccountId && o.IsOpen, cancellationToken),
            Certificates = await context.Certificates.LongCountAsync(c => c.AcmeAccountId == account.AccountId, cancellationToken),
        };
}
