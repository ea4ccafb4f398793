namespace Certctl.Contracts;

/// <summary>Expand the bulk renewal of this id into renewals. Queue: <c>start-bulk-renewal</c>.</summary>
public sealed record StartBulkRenewal(string BulkRenewalId);

/// <summary>Cancel whatever of this bulk renewal has not started. Queue: <c>cancel-bulk-renewal</c>.</summary>
public sealed record CancelBulkRenewal(string BulkRenewalId);
