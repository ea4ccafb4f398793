using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Certctl.Core.Domain.Names;
using Certctl.Core.Domain.Profiles;
using Certctl.Core.Pki;

namespace Certctl.UnitTests.Pki;

/// <summary>A root and an issuing CA, and leaves of it.</summary>
internal sealed class TestCa : IDisposable
{
    public static readonly LeafSettings Settings = new(
        [ExtendedKeyUsages.ServerAuth, ExtendedKeyUsages.ClientAuth],
        new Uri("http://pki.example.test/ca/iss-local.crt"),
        new Uri("http://pki.example.test/ocsp/iss-local"),
        new Uri("http://pki.example.test/crl/iss-local.crl"));

    private static readonly ConcurrentDictionary<string, Lazy<TestCa>> All = [];

    public TestCa(string algorithm = KeyAlgorithms.EcdsaP256)
    {
        Now = TimeProvider.System.GetUtcNow();
        using var root = CaFactory.CreateRoot("Test Root", algorithm, Now, TimeSpan.FromDays(3650));
        Root = root.Open();
        using var issuing = CaFactory.CreateIssuing(
            Root, "Test Issuing CA", algorithm, Now, TimeSpan.FromDays(1825), new Uri("http://pki.example.test/ca/iss-local-root.crt"));
        Issuing = issuing.Open();
    }

    /// <summary>One CA per algorithm for all tests: RSA keys take long to make.</summary>
    public static TestCa Shared(string algorithm) => All.GetOrAdd(algorithm, a => new Lazy<TestCa>(() => new TestCa(a))).Value;

    public DateTimeOffset Now { get; }

    public CertificateAuthority Root { get; }

    public CertificateAuthority Issuing { get; }

    public IssuedLeaf Issue(string commonName, SubjectPublicKey? key = null, LeafSettings? settings = null, params string[] sans)
    {
        var request = new LeafRequest(key ?? NewKey(), Names(commonName, sans), Validity.Starting(Now, TimeSpan.FromDays(90)), SerialNumber.Random());
        return new LeafTemplate(Issuing, settings ?? Settings).Issue(request);
    }

    public static CertificateNames Names(string? commonName, params string[] sans)
    {
        Assert.True(CertificateNames.TryParse(commonName, sans, out var names, out var errors), string.Join("; ", errors));
        return names;
    }

    public static SubjectPublicKey NewKey(string algorithm = KeyAlgorithms.EcdsaP256)
    {
        using var key = KeyGenerator.Generate(algorithm);
        return key.PublicKey;
    }

    /// <summary>The framework's verdict on a leaf, with the root as the only trust anchor.</summary>
    public bool ChainIsValid(byte[] leaf)
    {
        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.Add(X509CertificateLoader.LoadCertificate(Root.Der.Span));
        chain.ChainPolicy.ExtraStore.Add(X509CertificateLoader.LoadCertificate(Issuing.Der.Span));
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        chain.ChainPolicy.DisableCertificateDownloads = true;
        chain.ChainPolicy.ApplicationPolicy.Add(new Oid("1.3.6.1.5.5.7.3.1"));
        return chain.Build(X509CertificateLoader.LoadCertificate(leaf));
    }

    public void Dispose()
    {
        Root.Dispose();
        Issuing.Dispose();
    }
}
