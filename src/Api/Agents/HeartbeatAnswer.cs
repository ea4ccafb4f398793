using System.Globalization;
using System.Text;

namespace Certctl.Api.Agents;

/// <summary>The 202 of a heartbeat, as the documentation shows it.</summary>
public sealed record HeartbeatAccepted(string Status, int NextHeartbeatSeconds);

/// <summary>The 202 of a heartbeat, serialised once for every interval that there is.</summary>
internal static class HeartbeatAnswer
{
    private static readonly byte[][] Bodies = [.. Enumerable.Range(0, HeartbeatInterval.MaxSeconds + 1).Select(seconds =>
        Encoding.UTF8.GetBytes($$"""{"status":"accepted","next_heartbeat_seconds":{{seconds.ToString(CultureInfo.InvariantCulture)}}}"""))];

    public static Task WriteAsync(HttpResponse response, int nextHeartbeatSeconds)
    {
        var body = Bodies[nextHeartbeatSeconds];
        response.StatusCode = StatusCodes.Status202Accepted;
        response.ContentType = "application/json";
        response.ContentLength = body.Length;
        return response.Body.WriteAsync(body).AsTask();
    }
}
