using Certctl.Api.Problems;
using Certctl.Core.Domain.Agents;

namespace Certctl.Api.Agents;

/// <summary>What registers an agent. All but the name may come with its first heartbeat.</summary>
public sealed record AgentRegistration
{
    /// <summary>Longest name, in characters.</summary>
    private const int MaxName = 128;

    public string? Name { get; init; }
    public string? Hostname { get; init; }
    public string? Os { get; init; }
    public string? Architecture { get; init; }
    public string? IpAddress { get; init; }
    public string? Version { get; init; }

    internal ProblemResult? Refusal()
    {
        var errors = new FieldErrors();
        errors.Required("name", Name, MaxName);
        errors.Optional("hostname", Hostname, AgentMetadataLimits.Hostname);
        errors.Optional("os", Os, AgentMetadataLimits.Os);
        errors.Optional("architecture", Architecture, AgentMetadataLimits.Architecture);
        errors.Optional("ip_address", IpAddress, AgentMetadataLimits.IpAddress);
        errors.Optional("version", Version, AgentMetadataLimits.Version);
        return errors.Problem;
    }

    internal Agent ToAgent(string id, byte[] tokenHash, DateTimeOffset now) => new()
    {
        Id = id,
        Name = Name!,
        Hostname = Hostname,
        Os = Os,
        Architecture = Architecture,
        IpAddress = IpAddress,
        Version = Version,
        ApiKeyHash = tokenHash,
        RegisteredAt = now,
        UpdatedAt = now,
    };
}
