namespace Certctl.Api.Problems;

/// <summary>Gathers what is wrong with a request, all of it, by the JSON name of each field.</summary>
public sealed class FieldErrors
{
    private readonly SortedDictionary<string, List<string>> errors = new(StringComparer.Ordinal);

    /// <summary>The refusal; null when nothing is wrong.</summary>
    public ProblemResult? Problem => errors.Count == 0 ? null
        : Problems.Problem.Validation(errors.ToDictionary(e => e.Key, e => e.Value.ToArray()));

    /// <summary>Whether something is wrong with the field itself.</summary>
    public bool Has(string field) => errors.ContainsKey(field);

    public void Add(string field, string error)
    {
        if (!errors.TryGetValue(field, out var list)) errors[field] = list = [];
        if (!list.Contains(error)) list.Add(error);
    }

    /// <summary>Adds the error unless the condition holds.</summary>
    public void Check(bool holds, string field, string error)
    {
        if (!holds) Add(field, error);
    }

    /// <summary>A text that must be there, of at most so many characters.</summary>
    public void Required(string field, string? value, int maxLength)
    {
        if (string.IsNullOrWhiteSpace(value)) Add(field, "is required");
        else Optional(field, value, maxLength);
    }

    /// <summary>A text that may be missing but, given, is neither blank nor longer than that.</summary>
    public void Optional(string field, string? value, int maxLength)
    {
        if (value is null) return;
        Check(!string.IsNullOrWhiteSpace(value), field, "must not be blank");
        Check(value.Length <= maxLength, field, $"must have at most {maxLength} characters");
    }

    /// <summary>A whole number within bounds, both included.</summary>
    public void Range(string field, int? value, int min, int max) =>
        Check(value is null || (value >= min && value <= max), field, $"must be from {min} to {max}");
}
