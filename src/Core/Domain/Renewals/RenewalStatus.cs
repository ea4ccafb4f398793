namespace Certctl.Core.Domain.Renewals;

/// <summary>The states of a renewal; <see cref="RenewalTransitions"/> says which follow which.</summary>
public enum RenewalStatus { Pending, AwaitingCsr, AwaitingApproval, Running, Completed, Failed, Cancelled }

/// <summary>The transition table of renewals.</summary>
public static class RenewalTransitions
{
    private static readonly Dictionary<RenewalStatus, RenewalStatus[]> Allowed = new()
    {
        [RenewalStatus.AwaitingApproval] = [RenewalStatus.Pending, RenewalStatus.AwaitingCsr, RenewalStatus.Failed, RenewalStatus.Cancelled],
        [RenewalStatus.AwaitingCsr] = [RenewalStatus.Pending, RenewalStatus.Failed, RenewalStatus.Cancelled],
        [RenewalStatus.Pending] = [RenewalStatus.Running, RenewalStatus.Cancelled, RenewalStatus.Failed],
        [RenewalStatus.Running] = [RenewalStatus.Completed, RenewalStatus.Pending, RenewalStatus.Failed, RenewalStatus.Cancelled],
        [RenewalStatus.Failed] = [RenewalStatus.Pending, RenewalStatus.AwaitingCsr, RenewalStatus.AwaitingApproval],
        [RenewalStatus.Completed] = [],
        [RenewalStatus.Cancelled] = [],
    };

    /// <summary>Whether the state may follow.</summary>
    public static bool CanBecome(this RenewalStatus from, RenewalStatus to) => Allowed[from].Contains(to);

    /// <summary>Whether nothing follows but an operator's retry.</summary>
    public static bool IsTerminal(this RenewalStatus status) =>
        status is RenewalStatus.Completed or RenewalStatus.Failed or RenewalStatus.Cancelled;
}
