using System.ComponentModel;
using Certctl.Api.Json;
using Certctl.Core.Domain.Certificates;

namespace Certctl.Api.Certificates;

/// <summary>A new managed certificate. All fields are required but those said to be optional.</summary>
public sealed record CreateCertificate
{
    [Description("Unique, at most 255 characters.")]
    public string? Name { get; init; }

    [Description("DNS name, or IP address where the profile allows it. It is among the certificate's alternative names by itself.")]
    public string? CommonName { get; init; }

    [Description("Optional. Further names.")]
    public string?[]? Sans { get; init; }
    public string? ProfileId { get; init; }
    public string? OwnerId { get; init; }
    public string? TeamId { get; init; }

    [Description("The profile's issuer; may be left out.")]
    public string? IssuerId { get; init; }
    public string? RenewalPolicyId { get; init; }

    [Description("Optional, save in key mode agent.")]
    public string? AgentId { get; init; }

    [Description("Optional, at most 50 characters.")]
    public string? Environment { get; init; }

    [Description("Optional. At most 50, keys of at most 128 and values of at most 256 characters.")]
    public Dictionary<string, string?>? Tags { get; init; }

    [Description("server (the default): certctl makes the key. csr: csr_pem is signed, again at each renewal. agent: the agent sends a CSR each time.")]
    public KeyMode? KeyMode { get; init; }

    [Description("PKCS#10 in PEM, with key mode csr only.")]
    public string? CsrPem { get; init; }
}

/// <summary>Changes what is not identity. What is left out stays; null clears agent_id and environment.</summary>
public sealed record ChangeCertificate
{
    public Given<string> Name { get; init; }
    public Given<string> OwnerId { get; init; }
    public Given<string> TeamId { get; init; }
    public Given<string> RenewalPolicyId { get; init; }
    public Given<string> AgentId { get; init; }
    public Given<string> Environment { get; init; }
    public Given<Dictionary<string, string?>> Tags { get; init; }
}

/// <summary>Why a certificate is revoked.</summary>
public sealed record RevokeCertificate
{
    [Description("A reason of RFC 5280 5.3.1 by its name there: keyCompromise, superseded, cessationOfOperation, …")]
    public string? Reason { get; init; }
}
