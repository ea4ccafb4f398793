using Certctl.Core.Domain.Access;
using Certctl.Core.Hosting.Settings;

namespace Certctl.Api.Access;

/// <summary>Reads the keys that the environment gives.</summary>
internal static class NamedKeys
{
    private const string Named = "CERTCTL_API_KEYS_NAMED";
    private const string Legacy = "CERTCTL_AUTH_SECRET";

    /// <summary>Shortest key that is taken, in characters.</summary>
    private const int MinLength = 16;

    /// <summary>Each key with the caller that it stands for.</summary>
    /// <exception cref="SettingsException">An entry cannot be read; the message names it and never shows its key.</exception>
    public static IReadOnlyList<(string Key, Caller Caller)> Read(AccessSettings settings)
    {
        var errors = new List<string>();
        var keys = new List<(string Key, Caller Caller)>();
        foreach (var (index, entry) in settings.NamedKeys.Index())
        {
            if (Parse(entry, out var key, out var error) is { } caller) keys.Add((key, caller));
            else errors.Add($"{Named} is refused: entry {index + 1} ({NameOf(entry)}) {error}.");
        }

        foreach (var group in keys.GroupBy(k => k.Caller.Actor).Where(g => g.Select(k => k.Caller).Distinct().Count() > 1))
            errors.Add($"{Named} is refused: '{group.Key}' is named with more than one role; keys of one name are a rotation and have the same.");
        foreach (var (index, key) in settings.LegacyKeys.Index())
        {
            var name = $"legacy-key-{index + 1}";
            if (key.Length >= MinLength) keys.Add((key, new Caller(name, "env:" + name, Role.Admin)));
            else errors.Add($"{Legacy} is refused: key {index + 1} is shorter than {MinLength} characters.");
        }

        foreach (var group in keys.GroupBy(k => k.Key).Where(g => g.Select(k => k.Caller).Distinct().Count() > 1))
            errors.Add($"{Named} is refused: {string.Join(" and ", group.Select(k => $"'{k.Caller.Actor}'"))} have the same key.");
        return errors.Count == 0 ? keys : throw new SettingsException(errors);
    }

    private static Caller? Parse(string entry, out string key, out string error)
    {
        var parts = entry.Split(':');
        key = parts.Length > 1 ? parts[1] : "";
        error = "";
        if (parts.Length is < 2 or > 4) error = "must be name:key[:role[:agent_id_prefix]]";
        else if (parts[0].Length is 0 or > 255) error = "needs a name of at most 255 characters";
        else if (key.Length < MinLength) error = $"needs a key of at least {MinLength} characters";
        else if (RoleOf(parts) is not { } role) error = "has a role that is none of admin, operator, viewer, agent";
        else if (parts.Length == 4 && (role != Role.Agent || parts[3].Length == 0)) error = "may have an agent_id_prefix with role agent only, and not an empty one";
        else return new Caller(parts[0], "env:" + parts[0], role, AgentIdPrefix: parts.Length == 4 ? parts[3] : null);
        return null;
    }

    private static Role? RoleOf(string[] parts) => parts.Length < 3 ? Role.Viewer : parts[2] switch
    {
        "admin" => Role.Admin,
        "operator" => Role.Operator,
        "viewer" => Role.Viewer,
        "agent" => Role.Agent,
        _ => null,
    };

    /// <summary>What comes before the first colon; nothing where there is none, since it would be the key.</summary>
    private static string NameOf(string entry) => entry.Contains(':', StringComparison.Ordinal) ? $"'{entry[..entry.IndexOf(':', StringComparison.Ordinal)]}'" : "without a name";
}
