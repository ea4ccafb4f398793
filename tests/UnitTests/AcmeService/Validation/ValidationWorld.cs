using Certctl.AcmeService;
using Certctl.AcmeService.Protocol;
using Certctl.AcmeService.Validation;
using Certctl.AcmeService.Validation.Dns;
using Certctl.Loopback.Dns;
using Certctl.Loopback.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Time.Testing;

namespace Certctl.UnitTests.AcmeService.Validation;

/// <summary>The validator as the module registers it, in a world of loopback servers. Time stands still but for the resolver's.</summary>
internal sealed class ValidationWorld : IAsyncDisposable
{
    public const string Token = "evaGxfADs6pSRb2LAv9IZf17Dt3juxGJ-PCt92wr-oA";
    public const string KeyAuthorization = Token + ".LoqXcYV8q5ONbJQxbmR7SCTNo3tiAXDfowyjxAjEuX0";
    public const string ChallengePath = "/.well-known/acme-challenge/" + Token;
    public const string AccountUrl = "https://acme.example.test/acme/account/1";

    // Ends a test that waits for what never comes.
    private readonly CancellationTokenSource guard = new(TimeSpan.FromSeconds(30));
    private readonly ServiceProvider services;

    public ValidationWorld(bool allowLoopback = true, string caaIdentities = "", int? http01Port = null, int tlsAlpn01Port = 443, TimeSpan? dnsTimeout = null)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["CERTCTL_ACME_SERVER_DNS01_RESOLVER"] = Dns.EndPoint.ToString(),
            ["CERTCTL_ACME_SERVER_HTTP01_PORT"] = $"{http01Port ?? Http.Port}",
            ["CERTCTL_ACME_SERVER_TLSALPN01_PORT"] = $"{tlsAlpn01Port}",
            ["CERTCTL_ACME_SERVER_ALLOW_LOOPBACK"] = $"{allowLoopback}",
        });
        builder.Services.AddLogging();
        builder.Services.AddSingleton<TimeProvider>(Time);
        builder.Services.AddSingleton(new AcmeSettings { CaaIdentities = caaIdentities.Split(',', StringSplitOptions.RemoveEmptyEntries) });
        builder.AddChallengeValidation();
        builder.Services.AddSingleton(new DnsLookup(Dns.EndPoint, dnsTimeout ?? TimeSpan.FromMilliseconds(300)));
        services = builder.Services.BuildServiceProvider();
    }

    public LoopbackDns Dns { get; } = new();

    public LoopbackHttp Http { get; } = new();

    public FakeTimeProvider Time { get; } = new();

    public Task<ValidationResult> ValidateAsync(string type, string identifier, bool wildcard = false, bool allowPrivate = false, CancellationToken? cancellationToken = null)
    {
        var kind = System.Net.IPAddress.TryParse(identifier, out _) ? Identifier.Ip : Identifier.Dns;
        var request = new ValidationRequest(type, new Identifier(kind, identifier), wildcard, Token, KeyAuthorization, AccountUrl, allowPrivate);
        return services.GetRequiredService<IChallengeValidator>().ValidateAsync(request, cancellationToken ?? guard.Token);
    }

    public Task<ValidationResult> Http01Async(string identifier) => ValidateAsync("http-01", identifier);

    /// <summary>Waits for a signal, for as long as the test may take.</summary>
    public Task ReachedAsync(TaskCompletionSource signal) => signal.Task.WaitAsync(guard.Token);

    /// <summary>Asserts a failure, and that no detail gives away an address.</summary>
    public static void Failed(ValidationResult result, string type, bool transient, string detail)
    {
        Assert.NotNull(result.Problem);
        Assert.Contains(detail, result.Problem.Detail, StringComparison.Ordinal);
        Assert.Equal((type, transient), (result.Problem.Type, result.IsTransient));
        Assert.DoesNotContain("127.0.0.", result.Problem.Detail, StringComparison.Ordinal);
        Assert.DoesNotContain("169.254", result.Problem.Detail, StringComparison.Ordinal);
    }

    public async ValueTask DisposeAsync()
    {
        await services.DisposeAsync();
        await Http.DisposeAsync();
        await Dns.DisposeAsync();
        guard.Dispose();
    }
}
