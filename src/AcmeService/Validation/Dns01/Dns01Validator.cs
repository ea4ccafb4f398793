using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Certctl.AcmeService.Protocol;
using Certctl.AcmeService.Validation.Dns;
using Certctl.Core.Domain.Names;

namespace Certctl.AcmeService.Validation.Dns01;

/// <summary>dns-01 (RFC 8555 8.4): the digest of the key authorization is in a TXT record.</summary>
internal sealed class Dns01Validator(DnsLookup dns)
{
    public async Task<ValidationResult> ValidateAsync(ValidationRequest request, CancellationToken cancellationToken)
    {
        if (request.Identifier.Type != Identifier.Dns)
            return ValidationResult.Final(Problems.Malformed("dns-01 proves no IP address (RFC 8738 7)."));
        var name = $"_acme-challenge.{request.Identifier.Value}";
        if (name.Length > DnsName.MaxLength) return ValidationResult.Final(Problems.Dns($"{name} is too long for a DNS name."));

        var answer = await dns.TxtAsync(name, cancellationToken);
        if (answer.Failure is not null)
            return new ValidationResult(Problems.Dns($"The look-up of TXT records at {name} {answer.Failure}."), answer.IsTransient);
        if (answer.Records.Count == 0) return ValidationResult.Final(Problems.Dns($"There is no TXT record at {name}."));
        var expected = Base64Url.EncodeToString(SHA256.HashData(Encoding.ASCII.GetBytes(request.KeyAuthorization)));
        return answer.Records.Contains(expected)
            ? ValidationResult.Valid
            : ValidationResult.Final(Problems.IncorrectResponse($"No TXT record at {name} is the digest of the key authorization."));
    }
}
