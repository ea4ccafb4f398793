using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Certctl.AllInOne;
using Certctl.Api.Agents;
using Certctl.Core.Hosting;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Certctl.Bench;

/// <summary>The whole product in one process, with the baseline's endpoint beside the real one: same Kestrel, TLS, middleware,
/// token check and body.</summary>
internal static class BenchHost
{
    public const string BaselinePath = "/api/v1/bench/agents/{id}/heartbeat";

    public static Task<int> RunAsync() => ServiceHost.RunAsync([], "certctl-bench", builder =>
    {
        builder.Services.AddSingleton<Baseline>();
        builder.Services.AddHostedService<BenchSeed>();
        var app = AllInOneHost.Build(builder);
        var baseline = app.Services.GetRequiredService<Baseline>();
        app.MapHeartbeat(BaselinePath, "HeartbeatBaseline", baseline.AcceptAsync);
        app.Services.GetRequiredService<ServerCertificate>().Current ??= SelfSigned();
        return app;
    });

    private static X509Certificate2 SelfSigned()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256);
        using var certificate = request.CreateSelfSigned(TimeProvider.System.GetUtcNow().AddDays(-1), TimeProvider.System.GetUtcNow().AddDays(1));
        return X509CertificateLoader.LoadPkcs12(certificate.Export(X509ContentType.Pfx), null);
    }
}
