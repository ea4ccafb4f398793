namespace Certctl.AcmeService;

/// <summary>More comes in than is done: answered with 503 and Retry-After.</summary>
public sealed class OverloadException(string message) : Exception(message);
