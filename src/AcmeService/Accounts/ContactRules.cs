using Certctl.AcmeService.Protocol;
using Certctl.Core.Domain.Names;

namespace Certctl.AcmeService.Accounts;

/// <summary>Contacts of an account (RFC 8555 7.3): mailto URLs of one address each, without header fields.</summary>
public static class ContactRules
{
    private const int MaxContacts = 10;
    private const int MaxLength = 254;
    private const string Scheme = "mailto:";

    /// <summary>What is wrong with them; null when nothing is.</summary>
    public static AcmeProblem? Problem(IReadOnlyList<string> contacts)
    {
        if (contacts.Count > MaxContacts) return Problems.InvalidContact($"An account may have at most {MaxContacts} contacts.");
        foreach (var contact in contacts)
        {
            if (!contact.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase))
                return contact.Contains(':', StringComparison.Ordinal)
                    ? Problems.UnsupportedContact("Contacts must be mailto URLs.")
                    : Problems.InvalidContact("A contact must be a mailto URL.");
            if (contact.Length > MaxLength) return Problems.InvalidContact($"A contact may have at most {MaxLength} characters.");
            var address = contact[Scheme.Length..];
            if (address.Contains('?', StringComparison.Ordinal) || address.Contains(',', StringComparison.Ordinal))
                return Problems.InvalidContact("A contact must hold one address and no header fields (RFC 8555 7.3).");
            if (!SubjectAltName.TryParse(SanType.Email, address, out _, out var error)) return Problems.InvalidContact($"A contact is refused: {error}.");
        }

        return null;
    }
}
