using Certctl.Api.Problems;
using Certctl.Core.Domain.Certificates;
using Certctl.Core.Persistence;
using Microsoft.EntityFrameworkCore;

namespace Certctl.Api.Certificates;

/// <summary>A PATCH on a certificate.</summary>
internal static class CertificateChange
{
    /// <summary>Checks all that is given, then applies it; the refusal when something is wrong.</summary>
    public static async Task<ProblemResult?> ApplyAsync(
        ChangeCertificate request, ManagedCertificate certificate, CertctlDbContext context, CancellationToken cancellationToken)
    {
        var errors = new FieldErrors();
        if (request.Name.IsGiven) errors.Required("name", request.Name.Value, CertificateFields.MaxName);
        if (request.OwnerId.IsGiven) errors.Required("owner_id", request.OwnerId.Value, 128);
        if (request.TeamId.IsGiven) errors.Required("team_id", request.TeamId.Value, 128);
        if (request.RenewalPolicyId.IsGiven) errors.Required("renewal_policy_id", request.RenewalPolicyId.Value, 128);
        errors.Optional("environment", request.Environment.Value, CertificateFields.MaxEnvironment);
        errors.Check(certificate.KeyMode != KeyMode.Agent || !request.AgentId.IsGiven || request.AgentId.Value is not null, "agent_id", "is required in key mode agent");
        CertificateFields.CheckTags(errors, request.Tags.Value);
        var references = new References(context, errors);
        await references.OwnerAsync(request.OwnerId.Value, cancellationToken);
        await references.TeamAsync(request.TeamId.Value, cancellationToken);
        await references.RenewalPolicyAsync(request.RenewalPolicyId.Value, cancellationToken);
        await references.AgentAsync(request.AgentId.Value, retiredToo: false, cancellationToken);
        if (errors.Problem is { } problem) return problem;
        if (request.Name.Value is { } name && await context.Certificates.AnyAsync(c => c.Name == name && c.Id != certificate.Id, cancellationToken))
            return Problem.Conflict($"There is a certificate named '{name}' already.");

        certificate.Name = request.Name.Value ?? certificate.Name;
        certificate.OwnerId = request.OwnerId.Value ?? certificate.OwnerId;
        certificate.TeamId = request.TeamId.Value ?? certificate.TeamId;
        certificate.RenewalPolicyId = request.RenewalPolicyId.Value ?? certificate.RenewalPolicyId;
        if (request.AgentId.IsGiven) certificate.AgentId = request.AgentId.Value;
        if (request.Environment.IsGiven) certificate.Environment = request.Environment.Value;
        if (request.Tags.IsGiven) certificate.Tags = CertificateFields.Tags(request.Tags.Value);
        return null;
    }

    /// <summary>What was asked for, for the audit event.</summary>
    public static Dictionary<string, object?> Fields(ChangeCertificate request)
    {
        var fields = new Dictionary<string, object?>();
        if (request.Name.IsGiven) fields["name"] = request.Name.Value;
        if (request.OwnerId.IsGiven) fields["owner_id"] = request.OwnerId.Value;
        if (request.TeamId.IsGiven) fields["team_id"] = request.TeamId.Value;
        if (request.RenewalPolicyId.IsGiven) fields["renewal_policy_id"] = request.RenewalPolicyId.Value;
        if (request.AgentId.IsGiven) fields["agent_id"] = request.AgentId.Value;
        if (request.Environment.IsGiven) fields["environment"] = request.Environment.Value;
        if (request.Tags.IsGiven) fields["tags"] = request.Tags.Value;
        return fields;
    }
}
