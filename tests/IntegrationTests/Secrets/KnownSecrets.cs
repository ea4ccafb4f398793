using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace Certctl.IntegrationTests.Secrets;

/// <summary>Secrets that a test has seen, each under the name of what it is, and every form in which one might be written down.</summary>
internal sealed class KnownSecrets
{
    private readonly List<(string Name, string Text)> forms = [];

    /// <summary>Gives the secret back.</summary>
    public string Add(string name, string secret)
    {
        var bytes = Encoding.UTF8.GetBytes(secret);
        forms.AddRange(((string[])[
            secret, Uri.EscapeDataString(secret), Convert.ToHexStringLower(bytes), Convert.ToHexString(bytes),
            // As part of something longer, a base64 text has its last characters from what follows.
            Convert.ToBase64String(bytes).TrimEnd('=')[..^1], Base64Url.EncodeToString(bytes)[..^1]]).Distinct().Select(form => (name, form)));
        return secret;
    }

    /// <summary>The lines of a private key: each alone would give part of it away.</summary>
    public string AddKey(string name, string pem)
    {
        var lines = pem.Split('\n').Select(l => l.Trim()).Where(l => l.Length >= 16 && !l.StartsWith('-')).ToList();
        Assert.NotEmpty(lines);
        foreach (var line in lines) Add(name, line);
        forms.Add((name, Convert.ToHexStringLower(Convert.FromBase64String(string.Concat(lines)))));
        return pem;
    }

    /// <summary>A secret of bytes that no text stands for.</summary>
    public void AddBytes(string name, byte[] secret)
    {
        Assert.True(secret.Length >= 16, $"{name} has {secret.Length} bytes");
        forms.AddRange(((string[])[
            Convert.ToHexStringLower(secret), Convert.ToHexString(secret), Convert.ToBase64String(secret).TrimEnd('=')[..^1], Base64Url.EncodeToString(secret)[..^1]])
            .Distinct().Select(form => (name, form)));
    }

    /// <summary>A private key as it is stored: as a whole, the private value alone, and the line of its PEM where that begins.</summary>
    public void AddPkcs8(string name, byte[] pkcs8)
    {
        AddBytes(name, pkcs8);
        forms.Add((name, Convert.ToBase64String(pkcs8)[..64]));
        using var key = ECDsa.Create();
        key.ImportPkcs8PrivateKey(pkcs8, out _);
        AddBytes(name, key.ExportParameters(includePrivateParameters: true).D!);
    }

    /// <summary>Fails when the text has any of them in it, by name and without showing it.</summary>
    public void AreNotIn(string text, string where)
    {
        Assert.True(forms.Count >= 4, $"only {forms.Count} forms of secrets");
        Assert.Empty(forms.Where(f => text.Contains(f.Text, StringComparison.Ordinal)).Select(f => $"{f.Name} is in {where}").Distinct());
    }
}
