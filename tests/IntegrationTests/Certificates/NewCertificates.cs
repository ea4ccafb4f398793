using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using Certctl.IntegrationTests.BulkRenewals;

namespace Certctl.IntegrationTests.Certificates;

/// <summary>Certificates made through the API.</summary>
internal static class NewCertificates
{
    /// <summary>The body of a request; one host under example.test.</summary>
    public static Dictionary<string, object?> Request(string host, params (string Name, object? Value)[] more)
    {
        var request = new Dictionary<string, object?>
        {
            ["name"] = host,
            ["common_name"] = $"{host}.example.test",
            ["profile_id"] = "prof-test",
            ["owner_id"] = "o-alice",
            ["team_id"] = "t-platform",
            ["renewal_policy_id"] = "rp-standard",
            ["environment"] = "tests",
        };
        foreach (var (name, value) in more) request[name] = value;
        return request;
    }

    public static async Task<string> Create(this HttpClient client, string host, params (string Name, object? Value)[] more) =>
        (await client.Post("certificates", Request(host, more))).Is(HttpStatusCode.Created).Json.Text("id");

    /// <summary>Creates a certificate and waits for its first version.</summary>
    public static async Task<(string Id, JsonElement Version)> CreateAndIssue(
        this HttpClient client, string host, params (string Name, object? Value)[] more)
    {
        var id = await client.Create(host, more);
        return (id, (await client.VersionsBecome(id, 1))[0]);
    }

    /// <summary>Renews and waits for the version; newest first.</summary>
    public static async Task<JsonElement[]> RenewAndIssue(this HttpClient client, string id)
    {
        var before = (await client.Read($"certificates/{id}/versions")).GetProperty("data").GetArrayLength();
        (await client.Post($"certificates/{id}/renew")).Is(HttpStatusCode.Accepted);
        return await client.VersionsBecome(id, before + 1);
    }

    public static Task<JsonElement[]> VersionsBecome(this HttpClient client, string id, int count) => Eventually.Becomes(
        async () => (await client.Read($"certificates/{id}/versions")).GetProperty("data").EnumerateArray().ToArray(),
        versions => versions.Length == count, $"{id} has {count} versions");

    /// <summary>The leaf of a version.</summary>
    public static X509Certificate2 Leaf(this JsonElement version) => X509Certificate2.CreateFromPem(version.Text("pem_chain"));

    /// <summary>A PKCS#10 for these names, in PEM.</summary>
    public static string Csr(AsymmetricAlgorithm key, params string[] names)
    {
        var request = key is ECDsa ecdsa
            ? new CertificateRequest($"CN={names[0]}", ecdsa, HashAlgorithmName.SHA256)
            : new CertificateRequest($"CN={names[0]}", (RSA)key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        var sans = new SubjectAlternativeNameBuilder();
        foreach (var name in names) sans.AddDnsName(name);
        request.CertificateExtensions.Add(sans.Build());
        return request.CreateSigningRequestPem();
    }
}
