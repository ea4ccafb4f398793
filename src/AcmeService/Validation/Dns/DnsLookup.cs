using System.Net;
using Certctl.AcmeService.Validation.Caa;
using DnsClient;
using DnsClient.Protocol;

namespace Certctl.AcmeService.Validation.Dns;

/// <summary>
/// Look-ups at the one configured resolver. Nothing is cached, so that a record which was put in place a moment ago counts.
/// A try takes at most three seconds, and there are two.
/// </summary>
internal sealed class DnsLookup
{
    /// <summary>Most CNAME records that are followed from one name.</summary>
    public const int MaxAliases = 8;

    private const int Tries = 2;
    private readonly LookupClient client;

    public DnsLookup(IPEndPoint resolver, TimeSpan? tryTimeout = null) => client = new LookupClient(new LookupClientOptions(resolver)
    {
        UseCache = false,
        Timeout = tryTimeout ?? TimeSpan.FromSeconds(3),
        Retries = Tries - 1,
        UseTcpFallback = true,
        // What fits no fragmenting path comes over TCP (DNS flag day 2020).
        ExtendedDnsBufferSize = 1232,
        ThrowDnsErrors = false,
        ContinueOnDnsError = false,
        ContinueOnEmptyResponse = false,
    });

    /// <summary>A records.</summary>
    public Task<DnsAnswer<IPAddress>> Ipv4Async(string name, CancellationToken cancellationToken) =>
        FindAsync<ARecord, IPAddress>(name, QueryType.A, r => r.Address, cancellationToken);

    /// <summary>AAAA records.</summary>
    public Task<DnsAnswer<IPAddress>> Ipv6Async(string name, CancellationToken cancellationToken) =>
        FindAsync<AaaaRecord, IPAddress>(name, QueryType.AAAA, r => r.Address, cancellationToken);

    /// <summary>TXT records, the strings of each put together.</summary>
    public Task<DnsAnswer<string>> TxtAsync(string name, CancellationToken cancellationToken) =>
        FindAsync<TxtRecord, string>(name, QueryType.TXT, r => string.Concat(r.Text), cancellationToken);

    /// <summary>CAA records.</summary>
    public Task<DnsAnswer<CaaProperty>> CaaAsync(string name, CancellationToken cancellationToken) =>
        FindAsync<CaaRecord, CaaProperty>(name, QueryType.CAA, r => new CaaProperty(r.Flags, r.Tag, r.Value), cancellationToken);

    /// <summary>A resolver answers with the whole chain of aliases or with its beginning: what is missing is asked for.</summary>
    private async Task<DnsAnswer<T>> FindAsync<TRecord, T>(string name, QueryType type, Func<TRecord, T> read, CancellationToken cancellationToken)
        where TRecord : DnsResourceRecord
    {
        var owner = DnsString.Parse(name).Value;
        var aliases = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        while (true)
        {
            var (response, failure) = await AskAsync(owner, type, cancellationToken);
            if (response is null) return DnsAnswer<T>.Unavailable(failure!);
            var asked = owner;
            while (true)
            {
                var records = response.Answers.OfType<TRecord>().Where(r => IsAt(r, owner)).ToList();
                if (records.Count > 0) return new DnsAnswer<T>(records.ConvertAll(r => read(r)));
                if (response.Answers.CnameRecords().FirstOrDefault(r => IsAt(r, owner)) is not { } alias) break;
                if (!aliases.Add(owner)) return DnsAnswer<T>.Broken("runs into a loop of CNAME records");
                if (aliases.Count > MaxAliases) return DnsAnswer<T>.Broken($"needs more than {MaxAliases} CNAME records");
                owner = alias.CanonicalName.Value;
            }

            // The response code and the SOA record speak of the end of the chain (RFC 2308 2.1).
            if (asked == owner || response.Header.ResponseCode == DnsHeaderResponseCode.NotExistentDomain || response.Authorities.OfType<SoaRecord>().Any())
                return DnsAnswer<T>.None;
        }
    }

    private async Task<(IDnsQueryResponse? Response, string? Failure)> AskAsync(string name, QueryType type, CancellationToken cancellationToken)
    {
        try
        {
            var response = await client.QueryAsync(new DnsQuestion(name, type), cancellationToken).WaitAsync(cancellationToken);
            if (response.Questions is not [var question] || !Same(question.QueryName.Value, name) || question.QuestionType != type)
                return (null, "was answered with something else");
            return response.Header.ResponseCode switch
            {
                DnsHeaderResponseCode.NoError or DnsHeaderResponseCode.NotExistentDomain => (response, null),
                DnsHeaderResponseCode.ServerFailure => (null, "failed with SERVFAIL"),
                var code => (null, $"failed with response code {(int)code}"),
            };
        }
        catch (Exception e)
        {
            // The client tells of a cancellation as of a time-out.
            cancellationToken.ThrowIfCancellationRequested();
            // All else: what the client makes of bytes that are no DNS message, or of a resolver that cannot be reached.
            return (null, e is DnsResponseException { Code: DnsResponseCode.ConnectionTimeout } ? "timed out" : "failed without a usable answer");
        }
    }

    private static bool IsAt(DnsResourceRecord record, string owner) => Same(record.DomainName.Value, owner);

    private static bool Same(string one, string other) => one.Equals(other, StringComparison.OrdinalIgnoreCase);
}
