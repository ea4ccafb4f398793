using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Certctl.Rfc8555;

namespace Certctl.Load.AcmeSigned;

/// <summary>Whether what was issued is what was asked for.</summary>
/// <param name="caFile">The roots that a chain must end in; null: chains are not checked.</param>
internal sealed class CertificateCheck(string? caFile)
{
    private readonly X509ChainPolicy? policy = caFile is null ? null : AcmeHttp.Trusting(caFile);

    /// <exception cref="InvalidDataException">It is not.</exception>
    public void Whole(string pem, string name, ECDsa key)
    {
        var chain = new X509Certificate2Collection();
        chain.ImportFromPem(pem);
        if (chain.Count == 0) throw new InvalidDataException("The answer holds no certificate.");
        var leaf = chain[0];
        if (!leaf.MatchesHostname(name, allowWildcards: false, allowCommonName: false))
            throw new InvalidDataException($"The certificate is not for {name}.");
        if (!leaf.PublicKey.ExportSubjectPublicKeyInfo().AsSpan().SequenceEqual(key.ExportSubjectPublicKeyInfo()))
            throw new InvalidDataException("The certificate has another key.");
        if (policy is not null) Chains(leaf, chain);
        foreach (var certificate in chain) certificate.Dispose();
    }

    private void Chains(X509Certificate2 leaf, X509Certificate2Collection sent)
    {
        using var chain = new X509Chain { ChainPolicy = policy!.Clone() };
        chain.ChainPolicy.ExtraStore.AddRange(sent);
        chain.ChainPolicy.DisableCertificateDownloads = true;
        if (!chain.Build(leaf))
            throw new InvalidDataException("The certificate does not chain to the CA: " + string.Join("; ", chain.ChainStatus.Select(s => s.StatusInformation)));
    }
}
