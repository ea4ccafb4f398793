using Certctl.Core.Hosting.Settings;
using Certctl.Core.Pki;

namespace Certctl.Core.Issuance;

internal static class KeyEncryption
{
    /// <summary>The box that seals every secret at rest, from CERTCTL_CONFIG_ENCRYPTION_KEY or its file.</summary>
    /// <exception cref="SettingsException">There is no key, or one that is too short.</exception>
    public static SecretBox CreateBox(EncryptionSettings settings)
    {
        var key = settings.Key ?? ReadFile("CERTCTL_CONFIG_ENCRYPTION_KEY_FILE", settings.KeyFile) ?? throw new SettingsException([
            "CERTCTL_CONFIG_ENCRYPTION_KEY is missing: set it, or CERTCTL_CONFIG_ENCRYPTION_KEY_FILE, to a secret of at least "
            + $"{SecretBox.MinKeyLength} bytes (openssl rand -base64 32) and keep it: what it sealed cannot be read without it."]);
        var previous = ReadFile("CERTCTL_CONFIG_ENCRYPTION_KEYS_PREVIOUS_FILE", settings.PreviousKeysFile)
            ?.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries) ?? [];
        try
        {
            return new SecretBox(key, [.. settings.PreviousKeys, .. previous]);
        }
        catch (ArgumentException)
        {
            throw new SettingsException([
                "CERTCTL_CONFIG_ENCRYPTION_KEY is refused, or one of CERTCTL_CONFIG_ENCRYPTION_KEYS_PREVIOUS: "
                + $"each must be at least {SecretBox.MinKeyLength} bytes long."]);
        }
    }

    private static string? ReadFile(string variable, string? path)
    {
        if (path is null) return null;
        try
        {
            return File.ReadAllText(path).Trim();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new SettingsException([$"{variable}={path} is refused: {e.Message}"]);
        }
    }
}
