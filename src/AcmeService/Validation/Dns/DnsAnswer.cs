namespace Certctl.AcmeService.Validation.Dns;

/// <summary>What a look-up came to. Neither records nor a failure: the name does not exist, or has nothing of the type.</summary>
/// <param name="Failure">Why nothing is known about the name, as the rest of a sentence that begins with the look-up.</param>
/// <param name="IsTransient">Whether asking again may help: SERVFAIL and time-outs, not a loop of CNAME records.</param>
internal sealed record DnsAnswer<T>(IReadOnlyList<T> Records, string? Failure = null, bool IsTransient = false)
{
    public static readonly DnsAnswer<T> None = new([]);

    public static DnsAnswer<T> Unavailable(string failure) => new([], failure, IsTransient: true);

    public static DnsAnswer<T> Broken(string failure) => new([], failure);
}
