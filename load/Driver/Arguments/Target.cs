namespace Certctl.Load.Arguments;

/// <summary>The instance that is loaded. A token is never an option: a command line is everybody's to read.</summary>
/// <param name="Base">URL of the REST API, without /api/v1.</param>
/// <param name="Token">Of an operator.</param>
/// <param name="CaFile">Roots of its TLS certificate; null: the system's.</param>
internal sealed record Target(string Base, string Token, string? CaFile)
{
    public const string Usage = "--base URL (CERTCTL_BASE) --ca FILE (CERTCTL_CA) --token-file FILE (or CERTCTL_TOKEN)";

    public static Target Read(CommandLine line) => new(
        (line.Text("base") ?? Variable("CERTCTL_BASE") ?? throw new UsageException("--base or CERTCTL_BASE is missing")).TrimEnd('/'),
        Secret(line.Text("token-file"), "CERTCTL_TOKEN") ?? throw new UsageException("--token-file or CERTCTL_TOKEN is missing"),
        Ca(line));

    public static string? Ca(CommandLine line) => line.Text("ca") ?? Variable("CERTCTL_CA");

    /// <summary>What the file holds, or the variable when there is none.</summary>
    public static string? Secret(string? file, string variable)
    {
        try
        {
            return file is null ? Variable(variable) : File.ReadAllText(file).Trim();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new UsageException(e.Message);
        }
    }

    public static string? Variable(string name) => Environment.GetEnvironmentVariable(name) is { Length: > 0 } value ? value : null;
}
