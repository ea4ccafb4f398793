using Certctl.Core.Auditing;
using Certctl.Core.Issuance.Rotation;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace Certctl.Core.Hosting;

/// <summary>What a process of certctl does instead of serving when its first argument is one of these words: with the same
/// settings, beside the running fleet, and then it ends.</summary>
public static class Commands
{
    private const string Usage = """
        usage: certctl [command]
          rotate-kek             seals every stored secret again under CERTCTL_CONFIG_ENCRYPTION_KEY
          verify-audit [SEAL]    compares the audit events with their seals; SEAL is one that was kept elsewhere
        """;

    private const int Unavailable = 69;

    /// <summary>Whether these arguments are a command and not the host's own options.</summary>
    public static bool AreIn(string[] args) => args is [{ Length: > 0 } first, ..] && !first.StartsWith('-') && !first.Contains('=', StringComparison.Ordinal);

    /// <summary>Runs the command with the services of a process that is built and not started.</summary>
    /// <returns>The exit code: 0, 1 for a finding, 69 (EX_UNAVAILABLE) for a database that is away or not ours, 64 (EX_USAGE) for no such command.</returns>
    public static async Task<int> RunAsync(IServiceProvider services, string[] args, TextWriter output, CancellationToken cancellationToken)
    {
        try
        {
            return args switch
            {
                ["rotate-kek"] => await RotateAsync(services.GetRequiredService<KeyRotation>(), output, cancellationToken),
                ["verify-audit"] => await VerifyAsync(services.GetRequiredService<AuditVerification>(), null, output, cancellationToken),
                ["verify-audit", { Length: 64 } seal] when seal.All(char.IsAsciiHexDigit) =>
                    await VerifyAsync(services.GetRequiredService<AuditVerification>(), Convert.FromHexString(seal), output, cancellationToken),
                _ => await RefuseAsync(output),
            };
        }
        catch (PostgresException e) when (e.SqlState is PostgresErrorCodes.UndefinedTable or PostgresErrorCodes.UndefinedColumn)
        {
            await output.WriteLineAsync($"The database has not the tables of this version ({e.MessageText}): start a process of certctl on it once.");
            return Unavailable;
        }
        catch (NpgsqlException e)
        {
            await output.WriteLineAsync($"The database of CERTCTL_DATABASE_URL does not do its part: {e.Message}");
            return Unavailable;
        }
    }

    private static async Task<int> RefuseAsync(TextWriter output)
    {
        await output.WriteLineAsync(Usage);
        return 64;
    }

    private static async Task<int> RotateAsync(KeyRotation rotation, TextWriter output, CancellationToken cancellationToken)
    {
        var report = await rotation.RunAsync(cancellationToken);
        foreach (var (table, n) in report.SealedAgain) await output.WriteLineAsync($"{table}: {n} sealed again under {report.KeyId}");
        foreach (var (table, n) in report.Remaining) await output.WriteLineAsync($"{table}: {n} remain under another key");
        foreach (var failure in report.Failures) await output.WriteLineAsync($"cannot be opened: {failure}");
        await output.WriteLineAsync(report.IsComplete
            ? $"Everything is sealed under {report.KeyId}: no former key is needed."
            : "Not complete: keep the former keys, and run this again.");
        return report.IsComplete ? 0 : 1;
    }

    private static async Task<int> VerifyAsync(AuditVerification verification, byte[]? knownSeal, TextWriter output, CancellationToken cancellationToken)
    {
        var (seals, events, from, isFound) = (0L, 0L, 1L, knownSeal is null);
        while (true)
        {
            var verdict = await verification.RunAsync(from, knownSeal, cancellationToken);
            (seals, events, isFound) = (seals + verdict.Seals, events + verdict.Events, isFound || verdict.KnownSealVerified is true);
            if (verdict.FirstMismatch is { } mismatch)
            {
                await output.WriteLineAsync($"Audit events {mismatch.FromSequence} to {mismatch.ToSequence} do not match: {mismatch.Reason}");
                return 1;
            }

            if (verdict.NextFromSequence is { } next)
            {
                from = next;
                continue;
            }

            if (!isFound)
            {
                await output.WriteLineAsync("The known seal is not in the chain: it was cut off or replaced.");
                return 1;
            }

            await output.WriteLineAsync($"{seals} seals over {events} audit events match; {verdict.UnsealedEvents} events are not sealed yet.");
            return 0;
        }
    }
}
