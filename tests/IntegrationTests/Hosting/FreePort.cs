using System.Net;
using System.Net.Sockets;

namespace Certctl.IntegrationTests.Hosting;

internal static class FreePort
{
    /// <summary>A port of loopback that nothing listens on; the server's URLs are known before it listens.</summary>
    public static int Next()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
