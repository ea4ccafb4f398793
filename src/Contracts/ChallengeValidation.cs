namespace Certctl.Contracts;

/// <summary>Make an attempt at this http-01 challenge. Queue: <c>validate-http01</c>.</summary>
public sealed record ValidateHttp01(string ChallengeId);

/// <summary>Make an attempt at this dns-01 challenge. Queue: <c>validate-dns01</c>.</summary>
public sealed record ValidateDns01(string ChallengeId);

/// <summary>Make an attempt at this tls-alpn-01 challenge. Queue: <c>validate-tls-alpn01</c>.</summary>
public sealed record ValidateTlsAlpn01(string ChallengeId);
