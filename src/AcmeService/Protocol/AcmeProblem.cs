namespace Certctl.AcmeService.Protocol;

/// <summary>A problem document of RFC 8555 6.7: an error as a value. <see cref="Problems"/> has one factory for each.</summary>
/// <param name="Type">The token after <c>urn:ietf:params:acme:error:</c>, such as badNonce.</param>
/// <param name="Status">HTTP status code.</param>
/// <param name="Detail">A sentence for a person: names what is wrong, never internals, never a secret.</param>
public sealed record AcmeProblem(string Type, int Status, string Detail)
{
    public const string Prefix = "urn:ietf:params:acme:error:";

    /// <summary>One for each identifier that is refused (RFC 8555 6.7.1).</summary>
    public IReadOnlyList<Subproblem> Subproblems { get; init; } = [];

    /// <summary>With badSignatureAlgorithm: what is accepted (RFC 8555 6.2).</summary>
    public IReadOnlyList<string>? Algorithms { get; init; }

    /// <summary>Sent as Retry-After, in whole seconds, rounded up.</summary>
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>Sent as <c>Link: rel="help"</c> (RFC 8555 6.6), or as userActionRequired's instance.</summary>
    public string? HelpUrl { get; init; }

    /// <summary>Sent as Location: the account that has the key already (RFC 8555 7.3.5).</summary>
    public string? Location { get; init; }
}

/// <summary>What is wrong with one identifier. Only a subproblem may carry an identifier, never the problem itself.</summary>
public sealed record Subproblem(string Type, string Detail, Identifier Identifier);

/// <summary>An identifier as it stands on the wire (RFC 8555 7.1.3, 9.7.7; RFC 8738 for ip).</summary>
/// <param name="Type">dns or ip.</param>
/// <param name="Value">A normalised name; in an authorization without <c>*.</c>.</param>
public sealed record Identifier(string Type, string Value)
{
    public const string Dns = "dns";
    public const string Ip = "ip";
}
