namespace Certctl.AcmeService.Validation.Caa;

/// <summary>A CAA record (RFC 8659 4.1).</summary>
/// <param name="Flags">Bit 0, the highest, is the issuer critical flag.</param>
internal sealed record CaaProperty(byte Flags, string Tag, string Value)
{
    public bool IsCritical => (Flags & 0x80) != 0;

    /// <summary>Tags are compared without regard to case.</summary>
    public bool Is(string tag) => Tag.Equals(tag, StringComparison.OrdinalIgnoreCase);
}
