using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;

namespace Certctl.Core.Pki;

/// <summary>PEM as it is written and read here (RFC 7468): one line feed after each block, so that blocks can be concatenated.</summary>
public static class PemText
{
    public static string Certificate(ReadOnlySpan<byte> der) => Write("CERTIFICATE", der);

    /// <summary>A PKCS#8 private key, unencrypted.</summary>
    public static string PrivateKey(ReadOnlySpan<byte> pkcs8) => Write("PRIVATE KEY", pkcs8);

    /// <summary>DER of the first certificate of a PEM text that certctl itself has written.</summary>
    public static byte[] FirstCertificate(string pem)
    {
        var fields = PemEncoding.Find(pem);
        return Convert.FromBase64String(pem[fields.Base64Data]);
    }

    private static string Write(string label, ReadOnlySpan<byte> der) => PemEncoding.WriteString(label, der) + "\n";

    /// <summary>The bytes of the only block in the text if its label is one of those; else a sentence that says what was found.</summary>
    internal static bool TryReadOnly(
        string text, ReadOnlySpan<string> labels, [NotNullWhen(true)] out byte[]? der, [NotNullWhen(false)] out string? error)
    {
        der = null;
        error = null;
        if (!PemEncoding.TryFind(text, out var fields))
            error = $"no PEM block was found; it begins with -----BEGIN {labels[0]}-----";
        else if (text[fields.Label] is var label && !labels.Contains(label))
            error = $"the PEM block is labelled {label}, not {labels[0]}";
        else if (PemEncoding.TryFind(text.AsSpan(fields.Location.End.Value), out _))
            error = "there is more than one PEM block";
        else
            der = Convert.FromBase64String(text[fields.Base64Data]);
        return der is not null;
    }
}
