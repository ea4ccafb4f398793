using System.Security.Authentication;

namespace Certctl.IntegrationTests.Transport;

[Collection(SharedServer.Name)]
public sealed class TlsTests(SharedServer server)
{
    private const byte Alert = 21;
    private const byte Handshake = 22;

    /// <summary>handshake_failure and protocol_version (RFC 8446 6.2).</summary>
    private static readonly byte[] Refusals = [40, 70];

    /// <summary>By hand: this machine's OpenSSL may refuse to offer what is to be refused here.</summary>
    [Theory]
    [InlineData(0, Alert)] // SSL 3.0
    [InlineData(1, Alert)] // TLS 1.0
    [InlineData(2, Alert)] // TLS 1.1
    [InlineData(3, Handshake)] // TLS 1.2
    public async Task Nothing_below_tls_1_2_is_spoken(byte minor, byte answer)
    {
        await using var connection = await RawConnection.OpenAsync(server, tls: false);
        await connection.SendAsync(ClientHello(minor));
        var record = await connection.ReadAsync(TimeSpan.FromSeconds(10));
        Assert.Equal(answer, record[0]);
        if (answer == Alert) Assert.Contains(record[6], Refusals);
    }

    [Fact]
    public async Task Tls_1_3_is_spoken_with_whoever_can()
    {
        await using var connection = await RawConnection.OpenAsync(server);
        Assert.Equal(SslProtocols.Tls13, connection.Protocol);
    }

    /// <summary>A ClientHello (RFC 5246 7.4.1.2) of this minor version, with suites that fit the server's key in every version.</summary>
    private static byte[] ClientHello(byte minor)
    {
        byte[] suites = [0xc0, 0x2b, 0xc0, 0x2f, 0xc0, 0x09, 0xc0, 0x13, 0x00, 0x2f, 0x00, 0x0a];
        byte[] extensions =
        [
            0, 10, 0, 6, 0, 4, 0, 23, 0, 24, // supported_groups: P-256, P-384
            0, 11, 0, 2, 1, 0, // ec_point_formats: uncompressed
            0, 13, 0, 8, 0, 6, 4, 3, 4, 1, 2, 3, // signature_algorithms
        ];
        byte[] body = [3, minor, .. new byte[32], 0, 0, (byte)suites.Length, .. suites, 1, 0, 0, (byte)extensions.Length, .. extensions];
        byte[] message = [1, 0, 0, (byte)body.Length, .. body];
        return [Handshake, 3, minor == 0 ? (byte)0 : (byte)1, 0, (byte)message.Length, .. message];
    }
}
