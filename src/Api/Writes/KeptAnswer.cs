namespace Certctl.Api.Writes;

/// <summary>An answer in bytes: it can be kept, and given more than once.</summary>
internal sealed record KeptAnswer(int StatusCode, string? Location, string? EntityTag, byte[] Body, bool Replayed = false) : IResult
{
    /// <summary>Lets a result write into memory instead of to the client, who gets it after the commit.</summary>
    public static async Task<KeptAnswer> CaptureAsync(HttpContext http, IResult result)
    {
        var response = http.Response;
        var wire = response.Body;
        using var memory = new MemoryStream();
        response.Body = memory;
        try
        {
            await result.ExecuteAsync(http);
            await response.BodyWriter.FlushAsync(http.RequestAborted);
        }
        finally
        {
            response.Body = wire;
        }

        return new KeptAnswer(response.StatusCode, response.Headers.Location, response.Headers.ETag, memory.ToArray());
    }

    public async Task ExecuteAsync(HttpContext httpContext)
    {
        var response = httpContext.Response;
        response.StatusCode = StatusCode;
        if (Location is not null) response.Headers.Location = Location;
        if (EntityTag is not null) response.Headers.ETag = EntityTag;
        if (Replayed) response.Headers["Idempotency-Replayed"] = "true";
        if (Body.Length == 0) return;
        response.ContentType = "application/json; charset=utf-8";
        await response.Body.WriteAsync(Body, httpContext.RequestAborted);
    }
}
