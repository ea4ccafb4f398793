using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text.Json;
using Certctl.Load.Definitions;
using Certctl.Load.Http;
using Certctl.Rfc8555;

namespace Certctl.Load.AcmeBurst;

/// <summary>The unauthenticated requests of an ACME client, each with what its answer must be.</summary>
/// <param name="limitExpected">Whether a 429 is an answer, or a failure.</param>
internal sealed class BurstRequests(LoadClient client, string directoryUrl, AcmeDirectory directory, string certificateId, bool limitExpected)
{
    private const string Problem = "application/problem+json";
    private const int SerialLength = 16;

    public static readonly string[] Order = [Steps.Directory, Steps.NewNonce, Steps.RenewalInfo, Steps.UnknownRenewalInfo];

    private readonly string authority = certificateId[..certificateId.IndexOf('.')];
    private readonly string scheme = new Uri(directoryUrl).Scheme;
    private byte[]? knownDirectory;
    private long limited;

    public NonceLedger Nonces { get; } = new();

    public long Limited => Interlocked.Read(ref limited);

    /// <returns>The step that the answer counts under.</returns>
    public async Task<string> SendAsync(string step, CancellationToken cancellation)
    {
        var answer = step switch
        {
            Steps.Directory => await client.GetAsync(directoryUrl, cancellation),
            Steps.NewNonce => await client.SendAsync(HttpMethod.Head, directory.NewNonce, null, cancellation),
            Steps.RenewalInfo => await client.GetAsync(directory.RenewalInfo + "/" + certificateId, cancellation),
            _ => await client.GetAsync($"{directory.RenewalInfo}/{authority}.{MadeUpSerial()}", cancellation),
        };
        if (answer.Status == 429 && limitExpected)
        {
            CheckLimit(answer, hasBody: step != Steps.NewNonce);
            Interlocked.Increment(ref limited);
            return Steps.Limited;
        }

        Check(step, answer);
        return step;
    }

    private void Check(string step, Answer answer)
    {
        if (step == Steps.Directory) CheckDirectory(answer);
        else if (step == Steps.NewNonce) CheckNonce(answer);
        else if (step == Steps.RenewalInfo) CheckRenewalInfo(answer);
        else CheckUnknown(answer);
    }

    /// <summary>RFC 8555 7.1.1. Read once; the same bytes from then on.</summary>
    private void CheckDirectory(Answer answer)
    {
        answer.Expect(200);
        if (knownDirectory is { } known)
        {
            answer.Must(known.AsSpan().SequenceEqual(answer.Body), "the directory has changed");
            return;
        }

        var json = answer.Json();
        foreach (var resource in (string[])["newNonce", "newAccount", "newOrder", "revokeCert", "keyChange", "renewalInfo"])
        {
            answer.Must(json.TryGetProperty(resource, out var url) && Uri.TryCreate(url.GetString(), UriKind.Absolute, out var parsed)
                && parsed.Scheme == scheme, $"the directory has no {resource}");
        }

        knownDirectory = answer.Body;
    }

    /// <summary>RFC 8555 7.2: 200 to HEAD, not to be cached, with a nonce that was never given before.</summary>
    private void CheckNonce(Answer answer)
    {
        answer.Expect(200);
        answer.Must(answer.Nonce is { Length: > 0 } given && Base64Url.IsValid(given), "no Replay-Nonce in base64url");
        answer.Must(answer.CacheControl?.Contains("no-store", StringComparison.Ordinal) == true, "a nonce may be cached");
        Nonces.Note(answer.Nonce!);
    }

    /// <summary>RFC 9773 4.2 and 4.3.</summary>
    private static void CheckRenewalInfo(Answer answer)
    {
        var window = answer.Expect(200).Json().GetProperty("suggestedWindow");
        answer.Must(window.GetProperty("start").GetDateTimeOffset() < window.GetProperty("end").GetDateTimeOffset(), "the window ends before it begins");
        answer.Must(answer.RetryAfter is { Ticks: > 0 }, "renewal information without Retry-After");
    }

    private static void CheckUnknown(Answer answer) => CheckProblem(answer.Expect(404), 404, "urn:ietf:params:acme:error:malformed", hasBody: true);

    /// <summary>RFC 8555 6.6: the problem's type, and when to come again. An answer to HEAD has headers only.</summary>
    private static void CheckLimit(Answer answer, bool hasBody)
    {
        CheckProblem(answer, 429, "urn:ietf:params:acme:error:rateLimited", hasBody);
        answer.Must(answer.RetryAfter is not null, "no Retry-After");
    }

    private static void CheckProblem(Answer answer, int status, string type, bool hasBody)
    {
        answer.Must(answer.ContentType == Problem, $"{answer.ContentType ?? "nothing"} and no problem document");
        if (!hasBody) return;
        var problem = answer.Json(Problem);
        answer.Must(problem.ValueKind == JsonValueKind.Object && problem.TryGetProperty("type", out var named) && named.ValueEquals(type), $"the problem is not {type}");
        answer.Must(problem.TryGetProperty("status", out var said) && said.TryGetInt32(out var number) && number == status, "the problem has another status");
    }

    /// <summary>Another one each time, so that it is looked up and not remembered.</summary>
    private static string MadeUpSerial()
    {
        Span<byte> serial = stackalloc byte[SerialLength];
        RandomNumberGenerator.Fill(serial);
        serial[0] = (byte)(serial[0] & 0x3F | 0x40);
        return Base64Url.EncodeToString(serial);
    }
}
