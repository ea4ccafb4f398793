using System.Text.Json;

namespace Certctl.Load.Http;

/// <summary>Walks a list of the REST API from its first page to its last.</summary>
internal static class Pages
{
    private const int MaxPages = 100_000;

    /// <param name="path">With a query; limit and cursor are added.</param>
    public static async IAsyncEnumerable<JsonElement> AllAsync(LoadClient client, string path)
    {
        string? cursor = null;
        for (var page = 0; page < MaxPages; page++)
        {
            var url = $"{path}&limit=500{(cursor is null ? "" : "&cursor=" + Uri.EscapeDataString(cursor))}";
            var answer = (await client.GetAsync(url)).Expect(200).Json();
            foreach (var item in answer.GetProperty("data").EnumerateArray()) yield return item;
            cursor = answer.GetProperty("next_cursor").GetString();
            if (cursor is null) yield break;
        }
    }
}
