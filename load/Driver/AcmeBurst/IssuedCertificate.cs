using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Certctl.Load.Measuring;
using Certctl.Load.Running;
using Certctl.Rfc8555;

namespace Certctl.Load.AcmeBurst;

/// <summary>One certificate, issued for renewal information to be asked of it.</summary>
internal static class IssuedCertificate
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(50);

    /// <returns>Its name in renewal information (RFC 9773 4.1).</returns>
    /// <exception cref="AcmeException">The server refused it.</exception>
    /// <exception cref="FailedException">The profile does not issue without validation.</exception>
    public static async Task<string> IssueAsync(HttpClient http, string directory, string name, TimeProvider time)
    {
        using var account = AcmeAccountKey.Es256();
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var client = new AcmeClient(http, directory, account);
        (await client.NewAccountAsync()).Ensured();
        var order = (await client.NewOrderAsync([name])).Ensured();
        if (order.Member("status") != "ready") throw new FailedException(Failure.Error, $"the order is {order.Member("status")}: this needs a profile in trust mode");
        var url = order.Location ?? throw FailedException.Wrong("the order has no Location");
        order = (await client.FinalizeAsync(order.Member("finalize")!, AcmeCsr.Create(key, name))).Ensured();
        if (order.Member("status") != "valid")
            order = await Until.SeenAsync(async () => (await client.GetOrderAsync(url)).Ensured(), o => o.Member("status") is "valid" or "invalid", Patience, Look, time);
        if (order.Member("status") != "valid") throw new FailedException(Failure.Error, $"the order is {order.Member("status")}: {order.Text}");
        var chain = new X509Certificate2Collection();
        chain.ImportFromPem((await client.DownloadCertificateAsync(order.Member("certificate")!)).Ensured().Text);
        return CertificateId.Of(chain[0]);
    }
}
