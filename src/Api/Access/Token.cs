using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace Certctl.Api.Access;

/// <summary>Makes bearer tokens: a prefix that names the kind (so that leaked ones are recognised), then 256 random bits.</summary>
public static class Token
{
    /// <summary>Prefix of API keys.</summary>
    public const string ApiKeyPrefix = "cck_";

    /// <summary>Prefix of agents' own tokens.</summary>
    public const string AgentPrefix = "agt_";

    public static string New(string prefix) => prefix + Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32));

    /// <summary>SHA-256: what is stored and looked up. A token of 256 random bits needs no slow hash.</summary>
    public static byte[] HashOf(string token) => SHA256.HashData(Encoding.UTF8.GetBytes(token));
}
