namespace Certctl.Api.Problems;

/// <summary>Something in a request, outside of what handlers check, is not what it must be; answered as a 400 that names the field.</summary>
internal sealed class InvalidRequestException(string field, string error) : Exception(error)
{
    public string Field { get; } = field;
}
