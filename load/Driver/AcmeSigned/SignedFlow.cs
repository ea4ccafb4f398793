using System.Security.Cryptography;
using System.Text.Json;
using Certctl.Load.Loopback;
using Certctl.Load.Measuring;
using Certctl.Rfc8555;

namespace Certctl.Load.AcmeSigned;

/// <summary>One virtual client's flow, from newOrder to the certificate (RFC 8555 7.4).</summary>
internal sealed class SignedFlow(
    AcmeClient client, AcmeSignedSettings settings, Meter meter, FlowNames names, CertificateCheck check, Http01Solver? solver, TimeProvider time)
{
    private const string NewOrder = "newOrder", Validation = "validation", Key = "key and CSR", Finalize = "finalize", Issue = "wait for issue", Download = "certificate";
    public static readonly string[] Steps = [NewOrder, Validation, Key, Finalize, Issue, Download];

    private static readonly TimeSpan PollLimit = TimeSpan.FromSeconds(30);
    private int flows;

    /// <exception cref="AcmeException">The server refused something.</exception>
    /// <exception cref="InvalidDataException">It answered nonsense.</exception>
    public async Task RunAsync(CancellationToken cancellation)
    {
        client.Cancellation = cancellation;
        var name = names.Next();
        var clock = new StepClock(meter, time);
        var order = (await client.NewOrderAsync([name])).Ensured();
        var orderUrl = order.Location ?? throw new InvalidDataException("The order has no Location.");
        clock.Ended(NewOrder);
        if (settings.Challenge)
        {
            foreach (var authorization in order.Members("authorizations")) await ValidateAsync(authorization);
            clock.Ended(Validation);
        }
        else if (order.Member("status") != "ready")
        {
            throw new InvalidDataException($"The order is {order.Member("status")}, not ready: this is no trust-mode profile.");
        }

        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var csr = AcmeCsr.Create(key, name);
        clock.Ended(Key);
        var finalizeUrl = order.Member("finalize") ?? throw new InvalidDataException("The order has no finalize URL.");
        order = (await client.FinalizeAsync(finalizeUrl, csr)).Ensured();
        clock.Ended(Finalize);
        order = await PollAsync(order, orderUrl);
        clock.Ended(Issue);
        var certificate = (await client.DownloadCertificateAsync(order.Member("certificate")!)).Ensured();
        if (!certificate.Body.AsSpan().StartsWith("-----BEGIN CERTIFICATE-----"u8)) throw new InvalidDataException("The certificate is no PEM.");
        clock.Ended(Download);
        clock.FlowEnded();
        if (settings.VerifyEvery > 0 && flows++ % settings.VerifyEvery == 0) check.Whole(certificate.Text, name, key);
    }

    private async Task ValidateAsync(string url)
    {
        var authorization = (await client.GetAuthorizationAsync(url)).Ensured();
        if (authorization.Member("status") == "valid") return;
        var challenge = authorization.Json.GetProperty("challenges").EnumerateArray().FirstOrDefault(c => c.GetProperty("type").ValueEquals("http-01"));
        if (challenge.ValueKind == JsonValueKind.Undefined) throw new InvalidDataException("The authorization offers no http-01.");
        var token = challenge.GetProperty("token").GetString()!;
        solver?.Put(token, client.Key.KeyAuthorization(token));
        try
        {
            var answered = (await client.RespondChallengeAsync(challenge.GetProperty("url").GetString()!)).Ensured();
            if (answered.Member("status") != "valid") await PollAsync(answered, url);
        }
        finally
        {
            solver?.Remove(token);
        }
    }

    /// <summary>Looks until the order or authorization is valid; an answer that is valid already costs no look.</summary>
    private async Task<AcmeResponse> PollAsync(AcmeResponse response, string url)
    {
        var started = time.GetTimestamp();
        while (response.Member("status") is var status && status != "valid")
        {
            if (status is not ("pending" or "processing")) throw new InvalidDataException($"It became {status}: {response.Text}");
            if (time.GetElapsedTime(started) > PollLimit) throw new TimeoutException($"Still {status} after {PollLimit.TotalSeconds} s: {url}");
            await Task.Delay(response.RetryAfter is { } told && told < settings.Poll ? told : settings.Poll, time, client.Cancellation);
            response = (await client.GetOrderAsync(url)).Ensured();
        }

        return response;
    }
}
