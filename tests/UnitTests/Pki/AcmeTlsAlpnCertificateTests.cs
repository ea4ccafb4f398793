using System.Formats.Asn1;
using System.Net;
using System.Security.Cryptography;
using Certctl.Core.Pki;
using Certctl.Loopback.TlsAlpn;

namespace Certctl.UnitTests.Pki;

public sealed class AcmeTlsAlpnCertificateTests
{
    private const string AcmeIdentifier = "1.3.6.1.5.5.7.1.31";
    private const string SubjectAltName = "2.5.29.17";
    private static readonly byte[] Digest = SHA256.HashData("key authorization"u8);

    [Fact]
    public void Name_and_digest_are_read()
    {
        var certificate = AcmeTlsAlpnCertificate.TryParse(TlsAlpnCertificate.Create(["www.example.test"], Digest).RawData, out var problem);
        Assert.Null(problem);
        Assert.Equal(("www.example.test", null), (certificate!.DnsName, certificate.Address));
        Assert.Equal(Digest, certificate.Digest.ToArray());
    }

    [Theory]
    [InlineData("192.0.2.1")]
    [InlineData("2001:db8::1")]
    public void Address_is_read(string address)
    {
        var certificate = AcmeTlsAlpnCertificate.TryParse(TlsAlpnCertificate.Create([address], Digest).RawData, out _);
        Assert.Equal((null, IPAddress.Parse(address)), (certificate?.DnsName, certificate?.Address));
    }

    [Theory]
    [InlineData(AcmeIdentifier, "has an extension twice")]
    [InlineData(SubjectAltName, "has an extension twice")]
    public void Doubled_extension_is_refused(string twice, string expected) =>
        Assert.Equal(expected, Problem(Certificate(Acme(Digest), Names(), twice == AcmeIdentifier ? Acme(Digest) : Names())));

    [Fact]
    public void Octets_after_the_digest_or_the_only_name_are_refused()
    {
        Assert.Null(Problem(Certificate(Acme(Digest), Names())));
        Assert.Equal("is malformed", Problem(Certificate((AcmeIdentifier, true, [.. OctetString(Digest), 5, 0]), Names())));
        Assert.Equal("is malformed", Problem(Certificate(Acme(Digest), (SubjectAltName, false, [.. Names().Value, 5, 0]))));
        Assert.Equal("is malformed", Problem([.. Certificate(Acme(Digest), Names()), 0]));
    }

    [Fact]
    public void Bare_digest_without_its_octet_string_is_refused() =>
        Assert.Equal("is malformed", Problem(Certificate((AcmeIdentifier, true, Digest), Names())));

    [Theory]
    [InlineData(new byte[] { 0x30, 0x00 })]
    [InlineData(new byte[] { 0x87, 0x03, 1, 2, 3 })]
    [InlineData(new byte[] { 0x86, 0x01, 0x61 })]
    public void Name_that_is_neither_dns_name_nor_address_is_refused(byte[] name) => Assert.Equal(
        "has not exactly one subject alternative name, of type dNSName or iPAddress",
        Problem(Certificate(Acme(Digest), (SubjectAltName, false, name[0] == 0x30 ? name : [0x30, (byte)name.Length, .. name]))));

    [Fact]
    public void Certificate_without_extensions_is_refused() => Assert.Equal("has no acmeIdentifier extension", Problem(Certificate()));

    [Fact]
    public void Every_truncation_is_malformed_and_nothing_throws()
    {
        var whole = TlsAlpnCertificate.Create(["www.example.test"], Digest).RawData;
        Assert.All(Enumerable.Range(0, whole.Length), length => Assert.Equal("is malformed", Problem(whole[..length])));
        Assert.Equal("is too long", Problem(new byte[CertificateFacts.MaxLength + 1]));
    }

    private static string? Problem(byte[] der)
    {
        var certificate = AcmeTlsAlpnCertificate.TryParse(der, out var problem);
        Assert.Equal(certificate is null, problem is not null);
        return problem;
    }

    private static (string Oid, bool Critical, byte[] Value) Acme(byte[] digest) => (AcmeIdentifier, true, OctetString(digest));

    private static (string Oid, bool Critical, byte[] Value) Names() => (SubjectAltName, false, [0x30, 0x03, 0x82, 0x01, (byte)'a']);

    private static byte[] OctetString(byte[] value) => [4, (byte)value.Length, .. value];

    /// <summary>What the framework refuses to make: only the parts that are read, and no signature.</summary>
    private static byte[] Certificate(params (string Oid, bool Critical, byte[] Value)[] extensions)
    {
        var writer = new AsnWriter(AsnEncodingRules.DER);
        using (writer.PushSequence())
        using (writer.PushSequence())
        {
            writer.WriteInteger(1);
            if (extensions.Length > 0)
            {
                using (writer.PushSequence(new Asn1Tag(TagClass.ContextSpecific, 3)))
                using (writer.PushSequence())
                {
                    foreach (var (oid, critical, value) in extensions) Write(writer, oid, critical, value);
                }
            }
        }

        return writer.Encode();
    }

    private static void Write(AsnWriter writer, string oid, bool critical, byte[] value)
    {
        using (writer.PushSequence())
        {
            writer.WriteObjectIdentifier(oid);
            if (critical) writer.WriteBoolean(true);
            writer.WriteOctetString(value);
        }
    }
}
