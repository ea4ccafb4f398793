using System.Net.Sockets;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Certctl.Core.Hosting;

/// <summary>Waits before an attempt to connect until RabbitMQ answers. MassTransit waits up to 30 seconds between failed attempts
/// and lets nobody say otherwise; an attempt that does not fail is followed by no such wait, so that work goes on a second
/// after RabbitMQ is back, however long it was away.</summary>
internal sealed class BrokerArrival(Uri broker, IHostApplicationLifetime lifetime, TimeProvider time, ILogger<BrokerArrival> logger)
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan AnswerPatience = TimeSpan.FromSeconds(2);

    /// <summary>After this the attempt is made, and fails: what waits for the connection is told so.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);

    /// <summary>What an AMQP 0-9-1 client says first; RabbitMQ greets it once it takes connections.</summary>
    private static readonly byte[] ProtocolHeader = [(byte)'A', (byte)'M', (byte)'Q', (byte)'P', 0, 0, 9, 1];

    public async Task WaitAsync()
    {
        var started = time.GetTimestamp();
        var stopping = lifetime.ApplicationStopping;
        while (!await AnswersAsync(stopping) && time.GetElapsedTime(started) < Patience)
        {
            if (stopping.IsCancellationRequested) return;
            await Task.Delay(Interval, time, stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>A port that is open may be a balancer's with nothing behind it, so the greeting counts; over TLS the port does.</summary>
    private async Task<bool> AnswersAsync(CancellationToken stopping)
    {
        using var bounded = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        bounded.CancelAfter(AnswerPatience);
        try
        {
            using var client = new TcpClient();
            var isTls = broker.Scheme == "amqps";
            await client.ConnectAsync(broker.Host, broker.Port > 0 ? broker.Port : isTls ? 5671 : 5672, bounded.Token);
            if (isTls) return true;
            var stream = client.GetStream();
            await stream.WriteAsync(ProtocolHeader, bounded.Token);
            return await stream.ReadAsync(new byte[1], bounded.Token) == 1;
        }
        catch (Exception e) when (e is SocketException or IOException or OperationCanceledException)
        {
            logger.LogDebug("RabbitMQ does not answer yet: {Reason}", e.Message);
            return false;
        }
    }
}
