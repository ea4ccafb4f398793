namespace Certctl.Core.Domain.Profiles;

/// <summary>Names of subject key algorithms, as profiles, versions and the REST API spell them.</summary>
public static class KeyAlgorithms
{
    public const string EcdsaP256 = "ECDSA-P256";
    public const string EcdsaP384 = "ECDSA-P384";
    public const string Ed25519 = "Ed25519";
    public const string Rsa2048 = "RSA-2048";
    public const string Rsa3072 = "RSA-3072";
    public const string Rsa4096 = "RSA-4096";

    public static readonly IReadOnlyList<string> All = [EcdsaP256, EcdsaP384, Ed25519, Rsa2048, Rsa3072, Rsa4096];
}
