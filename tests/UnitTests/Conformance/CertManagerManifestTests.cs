using System.Text;
using YamlDotNet.RepresentationModel;

namespace Certctl.UnitTests.Conformance;

/// <summary>What can be said of the cert-manager harness without a cluster.</summary>
public sealed class CertManagerManifestTests : IDisposable
{
    private const string Ca = "-----BEGIN CERTIFICATE-----\nMAA=\n-----END CERTIFICATE-----\n";
    private readonly CertManagerManifests manifests = new(Ca);

    [Fact]
    public void Without_a_cluster_it_is_skipped_in_one_line()
    {
        var (code, output) = CertManagerManifests.Run();
        var lines = output.TrimEnd().Split('\n');
        Assert.Equal((0, 2, "0 passed, 0 failed, 1 skipped"), (code, lines.Length, lines[^1]));
        Assert.Contains("KIND_AVAILABLE=1", lines[0], StringComparison.Ordinal);
    }

    [Fact]
    public void Nothing_is_left_to_fill_in() =>
        Assert.All(["kind.yaml", "issuers.yaml", "certificates.yaml"], name => Assert.DoesNotMatch("@[A-Z0-9_]+@", manifests.Text(name)));

    [Fact]
    public void Every_issuer_and_certificate_keeps_to_the_schema()
    {
        List<YamlMappingNode> documents = [.. manifests.Of("ClusterIssuer", "issuers.yaml"), .. manifests.Of("Certificate", "certificates.yaml")];
        Assert.Equal(4, documents.Count);
        Assert.All(documents, document => Assert.Empty(CertManagerSchema.Problems(document)));
    }

    [Theory]
    [InlineData("server:", "servers:", "spec.acme has servers")]
    [InlineData("server:", "servers:", "spec.acme lacks server")]
    [InlineData("    privateKeySecretRef:\n      name:", "    privateKeySecretRef:\n      names:", "spec.acme.privateKeySecretRef lacks name")]
    [InlineData("cert-manager.io/v1", "cert-manager.io/v1alpha2", "apiVersion is not cert-manager.io/v1")]
    [InlineData("    email:", "    skipTLSVerify: true\n    email:", "spec.acme has skipTLSVerify")]
    public void A_manifest_that_breaks_the_schema_is_found(string text, string broken, string problem)
    {
        var stream = new YamlStream();
        using var reader = new StringReader(manifests.Text("issuers.yaml").Replace(text, broken, StringComparison.Ordinal));
        stream.Load(reader);
        Assert.Contains(problem, CertManagerSchema.Problems((YamlMappingNode)stream.Documents[0].RootNode));
    }

    [Fact]
    public void Issuers_name_a_directory_of_each_mode_and_trust_the_instances_root()
    {
        var issuers = manifests.Of("ClusterIssuer", "issuers.yaml");
        Assert.Equal(
            [CertManagerManifests.Server + "/acme/profile/prof-test/directory", CertManagerManifests.Server + "/acme/profile/prof-challenge/directory"],
            issuers.Select(i => i.At("spec", "acme", "server")));
        Assert.All(issuers, i => Assert.Equal(Ca, Encoding.UTF8.GetString(Convert.FromBase64String(i.At("spec", "acme", "caBundle")))));
        // Two accounts, for an account is bound to one profile.
        Assert.Equal(2, issuers.Select(i => i.At("spec", "acme", "privateKeySecretRef", "name")).Distinct().Count());
    }

    [Fact]
    public void Certificates_are_of_those_issuers_and_of_the_one_namespace()
    {
        var issuers = manifests.Of("ClusterIssuer", "issuers.yaml").Select(i => i.At("metadata", "name")).ToList();
        var certificates = manifests.Of("Certificate", "certificates.yaml");
        Assert.Equal(issuers, certificates.Select(c => c.At("spec", "issuerRef", "name")));
        Assert.All(certificates, c => Assert.Equal(("ClusterIssuer", "certctl-test"), (c.At("spec", "issuerRef", "kind"), c.At("metadata", "namespace"))));
        Assert.Equal("certctl-test", Assert.Single(manifests.Of("Namespace", "certificates.yaml")).At("metadata", "name"));
        Assert.All(certificates, c => Assert.Equal(c.At("metadata", "name") + "-tls", c.At("spec", "secretName")));
    }

    [Fact]
    public void The_name_to_prove_is_the_solvers_service_inside_and_the_mapped_port_outside()
    {
        var service = Assert.Single(manifests.Of("Service", "certificates.yaml"));
        var port = Assert.Single(service.Items("spec", "ports"));
        Assert.Equal(("80", "8089"), (port.At("port"), port.At("targetPort")));
        Assert.Equal("true", service.At("spec", "selector", "acme.cert-manager.io/http01-solver"));
        var challenge = manifests.Of("Certificate", "certificates.yaml").Single(c => c.At("metadata", "name") == "challenge");
        Assert.Equal(
            $"{service.At("metadata", "name")}.{service.At("metadata", "namespace")}.svc.cluster.local",
            ((YamlScalarNode)Assert.Single(challenge.Items("spec", "dnsNames"))).Value);
        var node = Assert.Single(Assert.Single(manifests.Of("Cluster", "kind.yaml")).Items("nodes"));
        var mapping = Assert.Single(node.Items("extraPortMappings"));
        Assert.Equal((port.At("nodePort"), "127.0.0.1", "15082"), (mapping.At("containerPort"), mapping.At("listenAddress"), mapping.At("hostPort")));
    }

    public void Dispose() => manifests.Dispose();
}
