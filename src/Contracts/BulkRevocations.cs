namespace Certctl.Contracts;

/// <summary>Revoke every certificate that this bulk revocation matches. Queue: <c>start-bulk-revocation</c>.</summary>
public sealed record StartBulkRevocation(string BulkRevocationId);
