using System.Diagnostics.Metrics;
using System.Security.Cryptography;
using Certctl.Core.Domain;
using Certctl.Core.Domain.Certificates;
using Certctl.Core.Domain.Names;
using Certctl.Core.Hosting;
using Certctl.Core.Pki;

namespace Certctl.Core.Issuance;

/// <summary>The one place where a leaf is checked against its profile and signed. Uses all cores; touches no database.</summary>
internal sealed class CertificateIssuer(SecretBox secrets, TimeProvider time)
{
    private static readonly Histogram<double> SigningTime = Telemetry.Meter.CreateHistogram<double>(
        "certctl.issuance.duration", "s", "Checking, key generation and signing of one certificate.",
        advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.05, 0.25, 1, 5] });

    private static readonly ParallelOptions Cores = new() { MaxDegreeOfParallelism = Environment.ProcessorCount };

    /// <summary>Issues each request or says why not; one bad request fails alone.</summary>
    public IssuanceResult[] Issue(
        IReadOnlyList<IssuanceRequest> requests, IReadOnlyDictionary<(string IssuerId, string ProfileId), IssuanceContext> contexts)
    {
        var results = new IssuanceResult[requests.Count];
        Parallel.For(0, requests.Count, Cores, i =>
        {
            var started = time.GetTimestamp();
            var request = requests[i];
            results[i] = Issue(request, contexts[(request.IssuerId, request.ProfileId)]);
            SigningTime.Record(time.GetElapsedTime(started).TotalSeconds);
        });
        return results;
    }

    private IssuanceResult Issue(IssuanceRequest request, IssuanceContext context)
    {
        try
        {
            if (context.Refusal is { } refusal) return Refused(request, refusal, permanent: false);
            if (!CertificateNames.TryParse(request.CommonName, request.Sans, out var names, out var errors))
                return Refused(request, Sentence(errors));
            if (context.Names.Check(names.All) is { Count: > 0 } notAllowed)
                return Refused(request, Sentence(notAllowed));
            return request.KeyMode == KeyMode.Server
                ? SignServerKey(request, context, names)
                : SignCsr(request, context, names);
        }
        catch (Exception e)
        {
            // Whatever is wrong with one certificate must not take its chunk along.
            return Refused(request, e.Message, permanent: false);
        }
    }

    private IssuanceResult SignServerKey(IssuanceRequest request, IssuanceContext context, CertificateNames names)
    {
        if (Requested(request, context) is not { } validity) return Refused(request, TooLong(context));
        using var key = KeyGenerator.Generate(ProfileKeys.ServerKey(context.Profile));
        var versionId = Identifiers.New("cv", time);
        var leaf = Sign(request, context, names, key.PublicKey, validity);
        return new IssuanceResult(request, new IssuedVersion(versionId, leaf, key.PublicKey, secrets.Seal(key.Pkcs8, PrivateKeySeal.For(versionId))), null);
    }

    private IssuanceResult SignCsr(IssuanceRequest request, IssuanceContext context, CertificateNames names)
    {
        if (request.CsrPem is null) return Refused(request, "there is no certificate signing request to sign");
        var (csr, error) = request.Csr is { } verified ? new CsrResult(verified, null) : CertificateSigningRequest.FromPem(request.CsrPem);
        if (csr is null) return Refused(request, error!.Message);
        if (!csr.Names.ToHashSet().SetEquals(names.All)) return Refused(request, "the names of the certificate signing request are not the certificate's");
        if (!ProfileKeys.Allows(context.Profile, csr.PublicKey))
            return Refused(request, $"the profile does not allow {csr.PublicKey.Algorithm} keys of {csr.PublicKey.Size} bits");
        if (Requested(request, context) is not { } validity) return Refused(request, TooLong(context));
        var leaf = Sign(request, context, names, csr.PublicKey, validity);
        return new IssuanceResult(request, new IssuedVersion(Identifiers.New("cv", time), leaf, csr.PublicKey, null), null);
    }

    /// <summary>The validity of the request, or null when it is longer than the profile's, which may have changed since.</summary>
    private Validity? Requested(IssuanceRequest request, IssuanceContext context) =>
        Validity.Of(request.NotBefore, request.NotAfter, time.GetUtcNow(), TimeSpan.FromSeconds(context.Profile.MaxTtlSeconds));

    private static string TooLong(IssuanceContext context) => $"the validity asked for is longer than the profile's {context.Profile.MaxTtlSeconds} s, or over";

    private static IssuedLeaf Sign(
        IssuanceRequest request, IssuanceContext context, CertificateNames names, SubjectPublicKey key, Validity validity) =>
        context.Template!.Issue(new LeafRequest(key, names, validity, request.SerialNumber));

    private static string Sentence(IEnumerable<NameError> errors) => string.Join("; ", errors.Select(e => e.Message));

    private static IssuanceResult Refused(IssuanceRequest request, string why, bool permanent = true) =>
        new(request, null, new IssuanceError(why, permanent));
}
