using System.Text;

namespace Certctl.Core.Issuance;

public static class AnswerSeal
{
    /// <summary>The associated data that binds a kept answer to the Idempotency-Key of its caller.</summary>
    public static byte[] For(string actor, string key) => Encoding.UTF8.GetBytes($"idempotent_requests/{actor}/{key}");
}
