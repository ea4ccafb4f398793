namespace Certctl.UnitTests.Architecture;

public sealed class SourceRuleTests
{
    private static readonly string[] Frameworks = ["Microsoft.EntityFrameworkCore", "Microsoft.AspNetCore", "MassTransit", "Npgsql", "Hangfire"];

    [Fact]
    public void Bouncy_castle_is_used_in_core_pki_only() =>
        None(Where("src", text => text.Contains("Org.BouncyCastle", StringComparison.Ordinal)).Where(path => !path.StartsWith("src/Core/Pki/", StringComparison.Ordinal)));

    [Theory]
    [InlineData("src/Core/Domain")]
    [InlineData("src/Core/Pki")]
    [InlineData("src/AcmeService/Protocol")]
    public void Pure_rules_know_no_framework(string folder) =>
        None(Where(folder, text => Frameworks.Any(name => text.Contains(name, StringComparison.Ordinal))));

    /// <summary>Whoever else dials goes past the checks of addresses. PostgreSQL, RabbitMQ and OTLP are dialled by their libraries,
    /// to where the operator says; so is the broker's greeting awaited.</summary>
    [Theory]
    [InlineData("HttpClient")]
    [InlineData("SocketsHttpHandler")]
    [InlineData("WebRequest")]
    [InlineData("new Socket(")]
    [InlineData("TcpClient")]
    [InlineData("UdpClient")]
    [InlineData("new SslStream(")]
    [InlineData("LookupClient(")]
    [InlineData("GetHostAddresses")]
    [InlineData("new X509Chain(")]
    public void Only_validation_reaches_out(string means) =>
        None(Where("src", Has(means)).Where(path => !path.StartsWith("src/AcmeService/Validation/", StringComparison.Ordinal) && path != "src/Core/Hosting/BrokerArrival.cs"));

    [Fact]
    public void Folders_are_named_by_the_domain()
    {
        string[] banned = ["Services", "Helpers", "Managers", "Utils", "Utilities", "Models", "Common"];
        None(SourceTree.Sources("src").Concat(SourceTree.Sources("tests")).Select(s => s.Path).Where(path => path.Split('/').SkipLast(1).Intersect(banned).Any()));
    }

    [Fact]
    public void No_file_is_longer_than_250_lines() => None(
        Where("src", text => text.AsSpan().Count('\n') > 250).Concat(Where("tests", text => text.AsSpan().Count('\n') > 250))
            .Where(path => !path.StartsWith("src/Core/Persistence/Migrations/", StringComparison.Ordinal)));

    [Theory]
    [InlineData("#pragma " + "warning")]
    [InlineData("Suppress" + "Message")]
    [InlineData("TO" + "DO")]
    [InlineData("NotImplemented" + "Exception")]
    public void Nothing_is_suppressed_or_left_for_later(string word) =>
        None(Where("src", Has(word)).Concat(Where("tests", Has(word))).Concat(Where("load", Has(word))));

    [Theory]
    [InlineData("Task.De" + "lay")]
    [InlineData("Thread.Sl" + "eep")]
    [InlineData("Sk" + "ip = \"")]
    public void Tests_neither_sleep_nor_are_skipped(string word) => None(Where("tests", Has(word)));

    private static void None(IEnumerable<string> offenders) => Assert.Empty(offenders);

    private static Predicate<string> Has(string word) => text => text.Contains(word, StringComparison.Ordinal);

    private static IEnumerable<string> Where(string folder, Predicate<string> holds) =>
        SourceTree.Sources(folder).Where(source => holds(source.Text)).Select(source => source.Path);
}
