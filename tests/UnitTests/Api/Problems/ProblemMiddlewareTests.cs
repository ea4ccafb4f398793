using System.Text.Json;
using Certctl.Api.Certificates;
using Certctl.Api.Json;
using Certctl.Api.Problems;
using Certctl.Core.Hosting;
using Certctl.Core.Hosting.Settings;
using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;

namespace Certctl.UnitTests.Api.Problems;

public sealed class ProblemMiddlewareTests
{
    private static readonly ProblemMiddleware Middleware = new(new RequestLimitSettings(), NullLogger<ProblemMiddleware>.Instance);

    public static TheoryData<Exception, int> Exceptions() => new()
    {
        { new BadHttpRequestException("too large", 413), 413 },
        { new BadHttpRequestException("media type", 415), 415 },
        { new BadHttpRequestException("broken"), 400 },
        { new InvalidRequestException("limit", "no"), 400 },
        { new DbUpdateConcurrencyException("changed"), 412 },
        { Postgres(PostgresErrorCodes.UniqueViolation), 409 },
        { new DbUpdateException("x", Postgres(PostgresErrorCodes.ForeignKeyViolation)), 409 },
        { Postgres(PostgresErrorCodes.CharacterNotInRepertoire), 400 },
        { Postgres(PostgresErrorCodes.AdminShutdown), 503 },
        { Postgres(PostgresErrorCodes.DeadlockDetected), 503 },
        { new NpgsqlException("refused"), 503 },
        { new InvalidOperationException("transient", new NpgsqlException("refused")), 503 },
        { new TimeoutException(), 503 },
        { new BrokerUnavailableException("away", new TimeoutException()), 503 },
        { new InvalidOperationException("a bug"), 500 },
    };

    [Theory]
    [MemberData(nameof(Exceptions))]
    public void Whatever_is_thrown_has_its_status(Exception exception, int status) => Assert.Equal(status, Middleware.Of(exception).Status);

    [Theory]
    [InlineData("{\"unknown\":1}", "unknown")]
    [InlineData("{\"name\":1}", "name")]
    [InlineData("{\"name\":\"a\\u0000\"}", "name")]
    [InlineData("{\"sans\":[\"a\",2]}", "sans[1]")]
    [InlineData("{\"key_mode\":\"other\"}", "key_mode")]
    public async Task A_field_that_cannot_be_read_is_named(string json, string field)
    {
        var document = await WriteAsync(Middleware.Of(Refused(json)));
        Assert.Equal(400, document.GetProperty("status").GetInt32());
        Assert.True(document.GetProperty("errors").TryGetProperty(field, out _), document.ToString());
    }

    [Theory]
    [InlineData("{\"name\":")]
    [InlineData("[]")]
    public async Task A_body_that_is_no_object_is_refused_without_our_types(string json)
    {
        var document = await WriteAsync(Middleware.Of(Refused(json)));
        Assert.Equal(400, document.GetProperty("status").GetInt32());
        Assert.DoesNotContain("Certctl", document.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_oversize_body_is_told_which_variable_bounds_it() =>
        Assert.Contains("CERTCTL_MAX_BODY_SIZE", (await WriteAsync(Middleware.Of(new BadHttpRequestException("x", 413)))).ToString(), StringComparison.Ordinal);

    private static JsonException Refused(string json)
    {
        var options = new JsonSerializerOptions(JsonSerializerDefaults.Web);
        WireFormat.Configure(options);
        return Assert.ThrowsAny<JsonException>(() => JsonSerializer.Deserialize<CreateCertificate>(json, options));
    }

    private static PostgresException Postgres(string state) => new("refused", "ERROR", "ERROR", state);

    private static async Task<JsonElement> WriteAsync(ProblemResult problem)
    {
        using var body = new MemoryStream();
        var context = new DefaultHttpContext { RequestServices = new ServiceCollection().BuildServiceProvider(), Response = { Body = body } };
        await problem.ExecuteAsync(context);
        await context.Response.BodyWriter.FlushAsync(TestContext.Current.CancellationToken);
        return JsonElement.Parse(body.ToArray());
    }
}
