using System.Text.Json;
using System.Text.Json.Serialization;
using Certctl.Core.Domain.Certificates;

namespace Certctl.Api.Json;

/// <summary>JSON as the REST API speaks it: snake_case, strict on what comes in, UTC times.</summary>
internal static class WireFormat
{
    public static void Configure(JsonSerializerOptions options)
    {
        options.PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower;
        options.PropertyNameCaseInsensitive = false;
        options.NumberHandling = JsonNumberHandling.Strict;
        options.UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow;
        options.AllowDuplicateProperties = false;
        options.MaxDepth = 16;
        // The states of a certificate keep the spelling of the Go certctl.
        options.Converters.Add(new JsonStringEnumConverter<CertificateStatus>(allowIntegerValues: false));
        options.Converters.Add(new JsonStringEnumConverter(JsonNamingPolicy.SnakeCaseLower, allowIntegerValues: false));
        options.Converters.Add(new UtcTimeConverter());
        options.Converters.Add(new TextConverter());
    }
}
