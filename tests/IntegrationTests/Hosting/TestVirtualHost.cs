using System.Net.Http.Headers;
using System.Text;

namespace Certctl.IntegrationTests.Hosting;

/// <summary>A vhost of RabbitMQ for one server, made through the management plugin. Without the plugin the given vhost has
/// to do: servers run one after the other, and what one leaves in a queue is without meaning to the next.</summary>
internal sealed class TestVirtualHost : IAsyncDisposable
{
    /// <summary>From AMQP's port to the management plugin's: of the instances that compose/services.sh starts, and by default.</summary>
    private static readonly int[] ManagementOffsets = [8, 10_000];

    private readonly HttpClient? management;
    private readonly string name;

    private TestVirtualHost(string url, HttpClient? management = null, string name = "") =>
        (Url, this.management, this.name) = (url, management, name);

    public string Url { get; }

    public static async Task<TestVirtualHost> CreateAsync()
    {
        var given = new Uri(TestServices.Required("CERTCTL_TEST_RABBITMQ_URL"));
        var name = $"certctl-test-{Guid.NewGuid():N}";
        foreach (var offset in ManagementOffsets)
        {
            var client = Management(given, (given.Port > 0 ? given.Port : 5672) + offset);
            if (await TryAsync(() => client.PutAsync(name, null)))
                return new TestVirtualHost(new UriBuilder(given) { Path = name }.Uri.ToString(), client, name);
            client.Dispose();
        }

        return new TestVirtualHost(given.ToString());
    }

    public async ValueTask DisposeAsync()
    {
        if (management is null) return;
        await TryAsync(() => management.DeleteAsync(name));
        management.Dispose();
    }

    private static HttpClient Management(Uri given, int port) => new()
    {
        BaseAddress = new Uri($"http://{given.Host}:{port}/api/vhosts/"),
        Timeout = TimeSpan.FromSeconds(10),
        DefaultRequestHeaders =
        {
            Authorization = new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes(Uri.UnescapeDataString(given.UserInfo)))),
        },
    };

    private static async Task<bool> TryAsync(Func<Task<HttpResponseMessage>> ask)
    {
        try
        {
            using var answer = await ask();
            return answer.IsSuccessStatusCode;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }
}
