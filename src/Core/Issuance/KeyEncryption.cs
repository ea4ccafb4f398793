using Certctl.Core.Hosting.Settings;
using Certctl.Core.Pki;

namespace Certctl.Core.Issuance;

internal static class KeyEncryption
{
    /// <summary>The box that seals every secret at rest, from CERTCTL_CONFIG_ENCRYPTION_KEY or its file.</summary>
    /// <exception cref="SettingsException">There is no key, or one that is too short.</exception>
    public static SecretBox CreateBox(EncryptionSettings settings)
    {
        var key = settings.Key ?? ReadFile(settings.KeyFile) ?? throw new SettingsException([
            "CERTCTL_CONFIG_ENCRYPTION_KEY is missing: set it, or CERTCTL_CONFIG_ENCRYPTION_KEY_FILE, to a secret of at least "
            + $"{SecretBox.MinKeyLength} bytes (openssl rand -base64 32) and keep it: what it sealed cannot be read without it."]);
        try
        {
            return new SecretBox(key, settings.PreviousKeys);
        }
        catch (ArgumentException)
        {
            throw new SettingsException([$"CERTCTL_CONFIG_ENCRYPTION_KEY is refused: it must be at least {SecretBox.MinKeyLength} bytes long."]);
        }
    }

    private static string? ReadFile(string? path)
    {
        if (path is null) return null;
        try
        {
            return File.ReadAllText(path).Trim();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new SettingsException([$"CERTCTL_CONFIG_ENCRYPTION_KEY_FILE={path} is refused: {e.Message}"]);
        }
    }
}
