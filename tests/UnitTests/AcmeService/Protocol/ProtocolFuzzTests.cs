using System.Buffers.Text;
using System.Diagnostics;
using Certctl.AcmeService.Protocol;
using Certctl.Rfc8555;
using Certctl.UnitTests.Fuzzing;
using static Certctl.UnitTests.AcmeService.Protocol.SignedRequests;

namespace Certctl.UnitTests.AcmeService.Protocol;

/// <summary>Mutated requests are refused or read, never thrown at, and what was signed cannot be changed.</summary>
public sealed class ProtocolFuzzTests
{
    private static readonly int Count = FuzzRun.Inputs(10_000);
    private const int LongestDetail = 400;
    private static readonly TimeSpan Longest = TimeSpan.FromMilliseconds(6 * Math.Max(Count, 10_000));
    private static readonly string[] Types = ["malformed", "badSignatureAlgorithm", "badPublicKey"];
    private static readonly byte[] MacKey = new byte[32];

    private readonly Stopwatch clock = Stopwatch.StartNew();
    private int read;
    private int refused;

    [Fact]
    public void Mutated_request_never_verifies()
    {
        byte[][] bodies = [ByAccount(Key, """{"identifiers":[{"type":"dns","value":"a.example"}]}"""), ByKey(Key)];
        var key = JwkOf(Key).Key;
        var mutations = new Mutations(8555);
        for (var i = 0; i < Count; i++)
        {
            var original = bodies[i % bodies.Length];
            var body = mutations.OfJws(original);
            var (jws, problem, _) = JwsReader.Read(body);
            Judge(jws, problem, body);
            if (jws is not null) Assert.True(jws.Verify(key) == SignsTheSame(original, body), Text(body));
        }

        Finish(leastRead: 10);
    }

    [Fact]
    public void Mutated_key_change_is_refused()
    {
        var original = KeyChange(Key, New("EdDSA").Jwk);
        var mutations = new Mutations(735);
        for (var i = 0; i < Count; i++)
        {
            var body = mutations.OfJws(original);
            var (change, problem) = KeyChangeReader.Read(body, Url);
            Judge(change, problem, body);
            Assert.True(change is null || SignsTheSame(original, body), Text(body));
        }

        Finish(leastRead: 0);
    }

    [Fact]
    public void Mutated_external_account_binding_never_verifies()
    {
        var original = new ExternalAccount("eab-1", Base64Url.EncodeToString(MacKey)).Bind(Key, Url);
        var account = JwkOf(Key);
        var mutations = new Mutations(734);
        for (var i = 0; i < Count; i++)
        {
            var body = mutations.OfJws(original);
            if (Wire.Read<NewAccount>((byte[])[.. "{\"externalAccountBinding\":"u8, .. body, .. "}"u8], out var request) is not null) continue;
            if (request.ExternalAccountBinding is not { } given) continue;
            var (binding, problem) = ExternalAccountBindingReader.Read(given, Url, account);
            Judge(binding, problem, body);
            if (binding is not null) Assert.True(binding.Verify(MacKey) == SignsTheSame(original, body), Text(body));
        }

        Finish(leastRead: 10);
    }

    [Fact]
    public void Mutated_payload_is_read_or_refused()
    {
        var mutations = new Mutations(71);
        for (var i = 0; i < Count; i++)
        {
            Payload<NewAccount>("""{"contact":["mailto:a@example.com"],"termsOfServiceAgreed":true,"onlyReturnExisting":false}""");
            Payload<NewOrder>("""{"identifiers":[{"type":"dns","value":"a.example"}],"notBefore":"2026-01-01T00:00:00.123456789+01:00","profile":"short"}""");
            Payload<RevokeCert>("""{"certificate":"MIIB","reason":1,"more":{"a":[1,"b"]}}""");
        }

        Finish(leastRead: Count / 10);

        void Payload<T>(string json) where T : class
        {
            var body = mutations.Of(Bytes(json));
            var problem = Wire.Read<T>(body, out var payload);
            Judge(payload, problem, body);
            if (payload is NewOrder { Identifiers: { } identifiers }) Assert.All(identifiers, identifier => Assert.NotNull(identifier.Value));
        }
    }

    private void Judge(object? value, AcmeProblem? problem, byte[] body)
    {
        Assert.True(value is null != problem is null, Text(body));
        if (value is not null) read++;
        else refused++;
        if (problem is not null) Assert.True(Types.Contains(problem.Type) && problem.Detail.Length <= LongestDetail, $"{problem.Type} {problem.Detail}");
        Assert.True(clock.Elapsed < Longest, $"{read + refused} mutations took {clock.Elapsed}");
    }

    private static bool SignsTheSame(byte[] original, byte[] mutated)
    {
        var (a, b) = (FlattenedJws.Read(original).Jws!, FlattenedJws.Read(mutated).Jws!);
        return a.SigningInput.AsSpan().SequenceEqual(b.SigningInput) && a.Signature.AsSpan().SequenceEqual(b.Signature);
    }

    private void Finish(int leastRead) =>
        Assert.True(read >= leastRead && refused > Count / 4, $"{read} were read and {refused} refused: these mutations show nothing");
}
