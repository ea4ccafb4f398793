using System.Text.Json;

namespace Certctl.Rfc8555;

/// <summary>RFC 8555 7.1.1. A resource that the server does not have is null.</summary>
/// <param name="Meta">Undefined when there is none.</param>
public sealed record AcmeDirectory(
    string NewNonce, string NewAccount, string NewOrder, string RevokeCert, string KeyChange, string? NewAuthz, string? RenewalInfo, JsonElement Meta)
{
    internal static AcmeDirectory From(AcmeResponse response) => new(
        Required(response, "newNonce"), Required(response, "newAccount"), Required(response, "newOrder"), Required(response, "revokeCert"),
        Required(response, "keyChange"), response.Member("newAuthz"), response.Member("renewalInfo"),
        response.Json.TryGetProperty("meta", out var meta) ? meta : default);

    private static string Required(AcmeResponse response, string name) =>
        response.Member(name) ?? throw new InvalidDataException($"The directory has no {name}.");
}
