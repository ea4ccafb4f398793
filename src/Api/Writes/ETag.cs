namespace Certctl.Api.Writes;

/// <summary>The row version as an entity tag (RFC 9110 8.8.3): it moves with every change of the row, whoever makes it.</summary>
internal static class ETag
{
    public static void SetETag(this HttpContext http, uint rowVersion) => http.Response.Headers.ETag = Of(rowVersion);

    /// <summary>Whether If-Match is absent, or names the present state (RFC 9110 13.1.1).</summary>
    public static bool IfMatchHolds(this HttpContext http, uint rowVersion)
    {
        var header = http.Request.Headers.IfMatch;
        return header.Count == 0 || header.SelectMany(line => line?.Split(',') ?? []).Select(tag => tag.Trim()).Any(tag => tag == "*" || tag == Of(rowVersion));
    }

    private static string Of(uint rowVersion) => $"\"{rowVersion}\"";
}
