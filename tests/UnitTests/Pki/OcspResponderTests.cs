using System.Formats.Asn1;
using System.Security.Cryptography.X509Certificates;
using Certctl.Core.Domain.Profiles;
using Certctl.Core.Pki;

namespace Certctl.UnitTests.Pki;

public sealed class OcspResponderTests : IDisposable
{
    private readonly TestCa ca = new();
    private readonly OpenSsl openssl = new();
    private readonly OcspResponder responder;

    public OcspResponderTests() => responder = new OcspResponder(ca.Issuing);

    [Theory]
    [InlineData(KeyAlgorithms.EcdsaP256, "-sha1")]
    [InlineData(KeyAlgorithms.EcdsaP256, "-sha256")]
    [InlineData(KeyAlgorithms.EcdsaP384, "-sha256")]
    [InlineData(KeyAlgorithms.Rsa2048, "-sha1")]
    public void OpenSsl_gets_good_revoked_and_unknown_in_one_verified_answer(string algorithm, string hash)
    {
        var authority = TestCa.Shared(algorithm);
        var (good, revoked, unknown) = (authority.Issue("good.example.com"), authority.Issue("revoked.example.com"), authority.Issue("unknown.example.com"));
        openssl.Write("good.pem", good.Pem).Write("revoked.pem", revoked.Pem).Write("unknown.pem", unknown.Pem);
        openssl.Write("issuing.pem", authority.Issuing.Pem).Write("root.pem", authority.Root.Pem);
        var ask = $"ocsp {hash} -issuer issuing.pem -cert good.pem {hash} -cert revoked.pem {hash} -cert unknown.pem -CAfile root.pem ";
        openssl.Run(ask + "-no_nonce -reqout request.der");

        var own = new OcspResponder(authority.Issuing);
        var request = own.Read(openssl.Bytes("request.der"))!;
        Assert.Equal([good.SerialNumber, revoked.SerialNumber, unknown.SerialNumber], request.SerialNumbers);
        openssl.Write("response.der", own.Respond(request, StatusOf, ca.Now, ca.Now.AddHours(1)));

        var text = openssl.Run(ask + "-no_nonce -respin response.der -verify_other issuing.pem");
        Assert.Contains("Response verify OK", text, StringComparison.Ordinal);
        Assert.Contains("good.pem: good", text, StringComparison.Ordinal);
        Assert.Contains("revoked.pem: revoked", text, StringComparison.Ordinal);
        Assert.Contains("Reason: keyCompromise", text, StringComparison.Ordinal);
        Assert.Contains("unknown.pem: unknown", text, StringComparison.Ordinal);

        OcspStatus? StatusOf(SerialNumber serial) =>
            serial == good.SerialNumber ? OcspStatus.Good
            : serial == revoked.SerialNumber ? new OcspStatus(ca.Now.AddDays(-1), X509RevocationReason.KeyCompromise)
            : null;
    }

    [Fact]
    public void The_nonce_is_echoed()
    {
        var request = Request(ca.Issue("www.example.com"), "-nonce");
        var response = Answer(responder.Read(request)!);
        // openssl's nonce: 16 octets at the end of the request.
        Assert.True(response.AsSpan().IndexOf(request.AsSpan(^16..)) > 0);
    }

    [Theory]
    [InlineData(1, true, true)]
    [InlineData(32, true, true)]
    [InlineData(33, true, false)]
    [InlineData(128, true, false)]
    [InlineData(0, false, false)]
    [InlineData(129, false, false)]
    public void Nonces_are_bounded(int length, bool answered, bool echoed)
    {
        var nonce = Enumerable.Range(0, length).Select(i => (byte)(0x40 + i % 64)).ToArray();
        var request = responder.Read(WithNonce(Request(ca.Issue("www.example.com"), "-no_nonce"), nonce));
        Assert.Equal(answered, request is not null);
        if (request is not null) Assert.Equal(echoed, Answer(request).AsSpan().IndexOf(nonce) > 0);
    }

    [Fact]
    public void Get_requests_are_read_encoded_and_decoded()
    {
        var leaf = ca.Issue("www.example.com");
        var base64 = Convert.ToBase64String(Request(leaf, "-no_nonce"));
        Assert.Equal([leaf.SerialNumber], responder.ReadGet(base64)!.SerialNumbers);
        Assert.Equal([leaf.SerialNumber], responder.ReadGet(Uri.EscapeDataString(base64))!.SerialNumbers);
        Assert.Null(responder.ReadGet("not base64!"));
        Assert.Null(responder.ReadGet("%"));
        Assert.Null(responder.ReadGet(""));
    }

    [Fact]
    public void Questions_about_other_cas_are_not_answered()
    {
        using var other = new TestCa();
        var request = new OcspResponder(other.Issuing).Read(Request(ca.Issue("www.example.com"), "-no_nonce"))!;
        Assert.Empty(request.SerialNumbers);
        Assert.Equal(OcspResponder.Unauthorized, new OcspResponder(other.Issuing).Respond(request, _ => OcspStatus.Good, ca.Now, ca.Now));
    }

    [Fact]
    public void Unsigned_answers_are_what_openssl_calls_them()
    {
        var answers = new[] { (OcspResponder.MalformedRequest, "malformedrequest"), (OcspResponder.TryLater, "trylater"), (OcspResponder.Unauthorized, "unauthorized") };
        foreach (var (der, name) in answers)
            Assert.Contains(name, openssl.Write("response.der", der).Try("ocsp -respin response.der -resp_text -noverify").Output, StringComparison.Ordinal);
    }

    [Fact]
    public void Altered_and_random_requests_never_throw()
    {
        var der = Request(ca.Issue("www.example.com"), "-nonce");
        var random = new Random(3);
        for (var i = 0; i < 5_000; i++)
        {
            var altered = der.ToArray();
            altered[random.Next(altered.Length)] = (byte)random.Next(256);
            if (responder.Read(altered) is { } request) Answer(request);
            Assert.Null(responder.Read(altered.AsMemory(0, random.Next(altered.Length))));
        }

        Assert.Null(responder.Read(new byte[OcspRequest.MaxLength + 1]));
        Assert.Null(responder.Read(Enumerable.Repeat((byte)0x30, OcspRequest.MaxLength).ToArray()));
    }

    private byte[] Answer(OcspRequest request) => responder.Respond(request, _ => OcspStatus.Good, ca.Now, ca.Now.AddHours(1));

    private byte[] Request(IssuedLeaf leaf, string nonce)
    {
        openssl.Write("leaf.pem", leaf.Pem).Write("issuing.pem", ca.Issuing.Pem);
        openssl.Run($"ocsp -issuer issuing.pem -cert leaf.pem {nonce} -reqout request.der");
        return openssl.Bytes("request.der");
    }

    /// <summary>Adds requestExtensions with a nonce to a request that has none.</summary>
    private static byte[] WithNonce(byte[] request, byte[] nonce)
    {
        var reader = new AsnReader(request, AsnEncodingRules.DER);
        var list = reader.ReadSequence().ReadSequence().ReadEncodedValue();
        var writer = new AsnWriter(AsnEncodingRules.DER);
        using (writer.PushSequence())
        using (writer.PushSequence())
        {
            writer.WriteEncodedValue(list.Span);
            using (writer.PushSequence(new Asn1Tag(TagClass.ContextSpecific, 2)))
            using (writer.PushSequence())
            using (writer.PushSequence())
            {
                writer.WriteObjectIdentifier("1.3.6.1.5.5.7.48.1.2");
                using (writer.PushOctetString()) writer.WriteOctetString(nonce);
            }
        }

        return writer.Encode();
    }

    public void Dispose()
    {
        ca.Dispose();
        openssl.Dispose();
    }
}
