namespace Certctl.Core.Domain.Acme;

/// <summary>A nonce that a request has shown. It begins with the time of its issue, so that the oldest are the smallest.</summary>
public sealed class AcmeUsedNonce
{
    public Guid Nonce { get; init; }
}
