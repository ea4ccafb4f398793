using System.Security.Cryptography;
using Certctl.Rfc8555;

namespace Certctl.Chaos.Load;

/// <summary>An order that was accepted (201), and how far its client has come with it.</summary>
internal sealed class OrderInHand(AcmeClient client, AcmeResponse accepted, string name)
{
    private readonly byte[] csr = CreateCsr(name);

    public string Url { get; } = accepted.Location!;

    public string Id => Url.Split('/')[^1];

    public DateTimeOffset AcceptedAt { get; } = TimeProvider.System.GetUtcNow();

    /// <summary>As the server said last.</summary>
    public string Status { get; private set; } = accepted.Member("status")!;

    public bool HasEnded => Status is "valid" or "invalid";

    /// <summary>One step of its client: asks, finalizes when it is ready, downloads when it is valid.</summary>
    /// <returns>Whether the order has ended.</returns>
    public async Task<bool> StepAsync(Answers answers)
    {
        if (Status == "ready") await TakeAsync(client.FinalizeAsync(accepted.Member("finalize")!, csr), answers, "finalize");
        else if (!HasEnded) await TakeAsync(client.GetOrderAsync(Url), answers, "order");
        return HasEnded;
    }

    private async Task TakeAsync(Task<AcmeResponse> asking, Answers answers, string request)
    {
        var answer = await asking;
        answers.Take(request, answer.Status);
        if (answer.IsSuccess) Status = answer.Member("status")!;
    }

    private static byte[] CreateCsr(string name)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        return AcmeCsr.Create(key, name);
    }
}
