using YamlDotNet.RepresentationModel;

namespace Certctl.UnitTests.Conformance;

/// <summary>As much of cert-manager.io/v1 as the manifests use: which members an object must and may have. An API server refuses
/// what is missing and drops in silence what it does not know.</summary>
internal static class CertManagerSchema
{
    // Paths from the document's root; an item of a list is []. A question mark: the member may be absent.
    private static readonly Dictionary<string, string> ClusterIssuer = new()
    {
        [""] = "apiVersion kind metadata spec",
        ["metadata"] = "name labels? annotations?",
        ["spec"] = "acme",
        ["spec.acme"] = "server privateKeySecretRef email? caBundle? preferredChain? externalAccountBinding? enableDurationFeature? solvers?",
        ["spec.acme.privateKeySecretRef"] = "name key?",
        ["spec.acme.solvers[]"] = "http01 selector?",
        ["spec.acme.solvers[].http01"] = "ingress",
        ["spec.acme.solvers[].http01.ingress"] = "ingressClassName? class? name? serviceType? podTemplate? ingressTemplate?",
    };

    private static readonly Dictionary<string, string> Certificate = new()
    {
        [""] = "apiVersion kind metadata spec",
        ["metadata"] = "name namespace labels? annotations?",
        ["spec"] = "secretName issuerRef dnsNames commonName? ipAddresses? privateKey? duration? renewBefore? usages?",
        ["spec.issuerRef"] = "name kind group",
        ["spec.privateKey"] = "algorithm size rotationPolicy? encoding?",
    };

    /// <summary>What is wrong with a document; empty when nothing is.</summary>
    public static IReadOnlyList<string> Problems(YamlMappingNode document)
    {
        var schema = document.At("kind") == "ClusterIssuer" ? ClusterIssuer : Certificate;
        List<string> problems = document.At("apiVersion") == "cert-manager.io/v1" ? [] : ["apiVersion is not cert-manager.io/v1"];
        Check("", document);
        return problems;

        void Check(string path, YamlNode node)
        {
            if (node is YamlSequenceNode list)
            {
                foreach (var item in list) Check(path + "[]", item);
            }
            else if (node is YamlMappingNode mapping)
            {
                if (!schema.TryGetValue(path, out var members))
                {
                    problems.Add($"{path} is not an object");
                    return;
                }

                var given = mapping.Children.Keys.Select(k => ((YamlScalarNode)k).Value!).ToList();
                var known = members.Split(' ');
                problems.AddRange(known.Where(m => m[^1] != '?' && !given.Contains(m)).Select(m => $"{path} lacks {m}"));
                problems.AddRange(given.Except(known.Select(m => m.TrimEnd('?'))).Select(m => $"{path} has {m}"));
                foreach (var name in given) Check(path.Length == 0 ? name : $"{path}.{name}", mapping[name]);
            }
            else if (string.IsNullOrEmpty(((YamlScalarNode)node).Value) || schema.ContainsKey(path))
            {
                problems.Add($"{path} is empty or a scalar where an object is wanted");
            }
        }
    }
}
