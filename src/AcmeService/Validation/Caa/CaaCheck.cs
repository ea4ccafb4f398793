using Certctl.AcmeService.Protocol;
using Certctl.AcmeService.Validation.Dns;

namespace Certctl.AcmeService.Validation.Caa;

/// <summary>Looks for the relevant CAA records of a name, and judges them (RFC 8659 3).</summary>
internal sealed class CaaCheck(DnsLookup dns, AcmeSettings settings)
{
    /// <summary>
    /// Checks a DNS name; addresses have no CAA. Without CAA identities there is no check: no record could name such a CA, and an
    /// internal CA's names often lie below public domains whose records speak of public CAs.
    /// </summary>
    public async Task<ValidationResult> CheckAsync(CaaRequest request, CancellationToken cancellationToken)
    {
        if (request.Identifier.Type != Identifier.Dns || settings.CaaIdentities.Length == 0) return ValidationResult.Valid;
        var question = new CaaQuestion(settings.CaaIdentities, request.Wildcard, request.AccountUrl, request.ChallengeType);
        // The whole way to the top at once costs one round trip; the nearest set counts, and only what lies below it must be known.
        var climb = Ancestry(request.Identifier.Value).Select(name => (name, Answer: dns.CaaAsync(name, cancellationToken))).ToList();
        await Task.WhenAll(climb.Select(step => step.Answer));
        foreach (var (name, task) in climb)
        {
            var answer = await task;
            if (answer.Failure is not null)
                return new ValidationResult(Problems.Dns($"The look-up of CAA records at {name} {answer.Failure}."), answer.IsTransient);
            if (answer.Records.Count == 0) continue;
            return CaaPolicy.Refusal(answer.Records, question) is { } refusal
                ? ValidationResult.Final(Problems.Caa($"The CAA records at {name} forbid a certificate for {(request.Wildcard ? "*." : "")}{request.Identifier.Value}: they {refusal}."))
                : ValidationResult.Valid;
        }

        return ValidationResult.Valid;
    }

    /// <summary>The name and all above it, the root excepted.</summary>
    internal static IEnumerable<string> Ancestry(string name)
    {
        yield return name;
        for (var dot = name.IndexOf('.'); dot >= 0; dot = name.IndexOf('.', dot + 1)) yield return name[(dot + 1)..];
    }
}
