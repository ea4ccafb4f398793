using System.Diagnostics;
using System.Security.Cryptography.X509Certificates;
using Certctl.Core.Domain.Profiles;
using Certctl.Core.Pki;

namespace Certctl.UnitTests.Pki;

public sealed class CrlBuilderTests : IDisposable
{
    private readonly TestCa ca = new();
    private readonly OpenSsl openssl = new();

    [Theory]
    [InlineData(KeyAlgorithms.EcdsaP256)]
    [InlineData(KeyAlgorithms.EcdsaP384)]
    [InlineData(KeyAlgorithms.Rsa2048)]
    public void OpenSsl_verifies_the_list_and_reads_its_entries(string algorithm)
    {
        var authority = TestCa.Shared(algorithm);
        var revoked = RevocationReasons.Names.Select(name => new RevokedCertificate(SerialNumber.Random(), ca.Now, Reason(name))).ToList();
        var text = Text(authority, CrlBuilder.Build(authority.Issuing, revoked, 4711, ca.Now, ca.Now.AddDays(1)));

        foreach (var entry in revoked) Assert.Contains(entry.SerialNumber.ToString(), text, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("4711", text, StringComparison.Ordinal);
        Assert.Contains("X509v3 Authority Key Identifier", text, StringComparison.Ordinal);
        foreach (var reason in new[] { "Key Compromise", "CA Compromise", "Affiliation Changed", "Superseded", "Cessation Of Operation", "Privilege Withdrawn" })
            Assert.Contains(reason, text, StringComparison.Ordinal);
        Assert.DoesNotContain("Unspecified", text, StringComparison.Ordinal);
    }

    [Fact]
    public void An_empty_list_has_no_entries() =>
        Assert.Contains("No Revoked Certificates", Text(ca, CrlBuilder.Build(ca.Issuing, [], 1, ca.Now, ca.Now.AddDays(1))), StringComparison.Ordinal);

    [Fact]
    public void OpenSsl_refuses_a_revoked_leaf_and_accepts_another()
    {
        var (good, bad) = (ca.Issue("good.example.com"), ca.Issue("bad.example.com"));
        Text(ca, CrlBuilder.Build(ca.Issuing, [new(bad.SerialNumber, ca.Now, X509RevocationReason.KeyCompromise)], 1, ca.Now, ca.Now.AddDays(1)));
        openssl.Run("crl -inform DER -in list.crl -out list.pem");
        openssl.Write("root.pem", ca.Root.Pem).Write("good.pem", good.Pem).Write("bad.pem", bad.Pem);

        const string verify = "verify -crl_check -CRLfile list.pem -CAfile root.pem -untrusted issuing.pem ";
        openssl.Run(verify + "good.pem");
        Assert.Contains("certificate revoked", openssl.Try(verify + "bad.pem").Output, StringComparison.Ordinal);
    }

    [Fact]
    public void A_hundred_thousand_entries_take_linear_time()
    {
        var revoked = Enumerable.Range(0, 100_000).Select(_ => new RevokedCertificate(SerialNumber.Random(), ca.Now, X509RevocationReason.Superseded)).ToList();
        var start = Stopwatch.GetTimestamp();
        CrlBuilder.Build(ca.Issuing, revoked, 1, ca.Now, ca.Now.AddDays(1));
        Assert.True(Stopwatch.GetElapsedTime(start) < TimeSpan.FromSeconds(10));
    }

    private static X509RevocationReason Reason(string name)
    {
        Assert.True(RevocationReasons.TryParse(name, out var reason));
        Assert.Equal(name, RevocationReasons.NameOf(reason));
        return reason;
    }

    private string Text(TestCa authority, byte[] crl)
    {
        openssl.Write("issuing.pem", authority.Issuing.Pem).Write("list.crl", crl);
        var text = openssl.Run("crl -inform DER -in list.crl -CAfile issuing.pem -noout -text");
        Assert.Contains("verify OK", text, StringComparison.Ordinal);
        return text;
    }

    public void Dispose()
    {
        ca.Dispose();
        openssl.Dispose();
    }
}
