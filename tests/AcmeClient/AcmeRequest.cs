namespace Certctl.Rfc8555;

/// <summary>How a request departs from what <see cref="AcmeClient"/> would send. Whatever is null stays right.</summary>
public sealed record AcmeRequest
{
    /// <summary>Nothing departs.</summary>
    public static readonly AcmeRequest Right = new();

    /// <summary>Sent in place of a pooled one. Empty: no "nonce" member at all.</summary>
    public string? Nonce { get; init; }

    /// <summary>The "url" header. Empty: no member.</summary>
    public string? Url { get; init; }

    /// <summary>The "alg" header, whatever the key signs with. Empty: no member.</summary>
    public string? Algorithm { get; init; }

    /// <summary>Null: kid where the account is known and its own key signs, else jwk.</summary>
    public KeyHeader? Key { get; init; }

    public string? Kid { get; init; }

    /// <summary>JSON in place of the key's own.</summary>
    public string? Jwk { get; init; }

    /// <summary>Signs in place of the client's key, and is the jwk too unless <see cref="Jwk"/> says otherwise.</summary>
    public AcmeAccountKey? SignWith { get; init; }

    /// <summary>More protected header members, as JSON without braces: <c>"crit":["b64"]</c>.</summary>
    public string? MoreHeader { get; init; }

    /// <summary>The whole protected header, as JSON.</summary>
    public string? ProtectedHeader { get; init; }

    /// <summary>Applied to the right signature.</summary>
    public Func<byte[], byte[]>? Signature { get; init; }

    /// <summary>Applied to the finished body.</summary>
    public Func<byte[], byte[]>? Body { get; init; }

    /// <summary>Empty: none.</summary>
    public string? ContentType { get; init; }

    public HttpMethod? Method { get; init; }

    public string? Accept { get; init; }

    public bool? RetryBadNonce { get; init; }
}

/// <summary>How a JWS names its key (RFC 8555 6.2).</summary>
public enum KeyHeader
{
    Kid,
    Jwk,
    Both,
    None,
}
