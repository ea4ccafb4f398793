using Certctl.AcmeService.Protocol;
using Certctl.AcmeService.Validation.Caa;
using Certctl.AcmeService.Validation.Dns01;
using Certctl.AcmeService.Validation.Http01;
using Certctl.AcmeService.Validation.TlsAlpn01;

namespace Certctl.AcmeService.Validation;

/// <summary>Challenge by type, then CAA: who does not control the name learns nothing of its CAA records.</summary>
internal sealed class ChallengeValidator(
    Http01Validator http01, Dns01Validator dns01, TlsAlpn01Validator tlsAlpn01, CaaCheck caa, TimeProvider time, ILogger<ChallengeValidator> logger)
    : IChallengeValidator
{
    /// <summary>Time for the challenge, and as much again for CAA.</summary>
    public static readonly TimeSpan Timeout = TimeSpan.FromSeconds(10);

    public async Task<ValidationResult> ValidateAsync(ValidationRequest request, CancellationToken cancellationToken)
    {
        Func<string, AcmeProblem> late = request.ChallengeType == "dns-01" ? Problems.Dns : Problems.Connection;
        var proof = await WithinTimeAsync($"{request.ChallengeType} of {request.Identifier.Value}", token => ProveAsync(request, token), late, cancellationToken);
        return proof.Problem is null
            ? await CheckCaaAsync(new CaaRequest(request.ChallengeType, request.Identifier, request.Wildcard, request.AccountUrl), cancellationToken)
            : proof;
    }

    public Task<ValidationResult> CheckCaaAsync(CaaRequest request, CancellationToken cancellationToken) =>
        WithinTimeAsync($"The CAA check of {request.Identifier.Value}", token => caa.CheckAsync(request, token), Problems.Dns, cancellationToken);

    private Task<ValidationResult> ProveAsync(ValidationRequest request, CancellationToken cancellationToken) => request.ChallengeType switch
    {
        "http-01" => http01.ValidateAsync(request, cancellationToken),
        "dns-01" => dns01.ValidateAsync(request, cancellationToken),
        "tls-alpn-01" => tlsAlpn01.ValidateAsync(request, cancellationToken),
        _ => Task.FromResult(ValidationResult.Final(Problems.Malformed("There is no challenge of this type."))),
    };

    private async Task<ValidationResult> WithinTimeAsync(
        string what, Func<CancellationToken, Task<ValidationResult>> step, Func<string, AcmeProblem> late, CancellationToken cancellationToken)
    {
        using var timeout = new CancellationTokenSource(Timeout, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        try
        {
            return await step(both.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return ValidationResult.Transient(late($"{what} had no complete answer within {Timeout.TotalSeconds:0} seconds."));
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            // What the world outside sends must never stop the consumer; a bug here is for the log, not for the client.
            logger.LogError(e, "{Step} failed unexpectedly", what);
            return ValidationResult.Transient(Problems.ServerInternal());
        }
    }
}
