using System.Net;
using Certctl.AcmeService.Protocol;
using Certctl.AcmeService.Validation.Dns;

namespace Certctl.AcmeService.Validation.Dialing;

/// <summary>A host and its addresses, looked up once and checked: only these are dialled, so that a name which resolves to
/// something else a moment later (DNS rebinding) gains nothing.</summary>
/// <param name="Addresses">In the order of trial: at most one IPv6 address, then at most one IPv4 address.</param>
internal sealed record DialTarget(string Host, IReadOnlyList<IPAddress> Addresses);

/// <summary>Turns a host, a DNS name or an address literal, into what may be dialled.</summary>
internal sealed class TargetResolver(DnsLookup dns, ValidationSettings settings)
{
    /// <summary>Gives the target, or the failure that the client is told of; it never has an address in it.</summary>
    public async Task<(DialTarget? Target, ValidationResult? Failure)> ResolveAsync(
        string host, bool allowPrivate, CancellationToken cancellationToken)
    {
        if (IPAddress.TryParse(host, out var literal))
        {
            return AddressPolicy.MayDial(literal, allowPrivate, settings.AllowLoopback)
                ? (new DialTarget(host, [literal]), null)
                : (null, Final($"{host} is in a reserved range"));
        }

        // Both look-ups at once: each waits for the network, not for the other.
        var ipv6 = dns.Ipv6Async(host, cancellationToken);
        var ipv4 = dns.Ipv4Async(host, cancellationToken);
        DnsAnswer<IPAddress>[] answers = [await ipv6, await ipv4];
        List<IPAddress> found = [.. answers.SelectMany(a => a.Records).Select(a => a.IsIPv4MappedToIPv6 ? a.MapToIPv4() : a)];
        List<IPAddress> allowed = [.. found.Where(a => AddressPolicy.MayDial(a, allowPrivate, settings.AllowLoopback)).DistinctBy(a => a.AddressFamily)];
        if (allowed.Count > 0) return (new DialTarget(host, allowed), null);
        if (answers.FirstOrDefault(a => a.Failure is not null) is { } failed)
        {
            var problem = Problems.Dns($"The look-up of the addresses of {host} {failed.Failure}.");
            return (null, new ValidationResult(problem, failed.IsTransient));
        }

        return (null, Final(found.Count > 0 ? $"every address of {host} is in a reserved range" : $"{host} has neither an A nor an AAAA record"));
    }

    private static ValidationResult Final(string what) => ValidationResult.Final(Problems.Dns($"There is nothing to connect to: {what}."));
}
