using System.Net;
using System.Text.RegularExpressions;

namespace Certctl.IntegrationTests.Dashboard;

internal static partial class DashboardLogin
{
    /// <summary>Reads the login page and sends its form back with this key.</summary>
    /// <param name="browser">Keeps cookies.</param>
    public static async Task<Answer> LogIn(this HttpClient browser, string key) =>
        await browser.Post("/login", new FormUrlEncodedContent([HiddenFieldOf((await browser.Get("/login")).Is(HttpStatusCode.OK)), new("api_key", key)]));

    /// <summary>The antiforgery token of a page.</summary>
    public static KeyValuePair<string, string> HiddenFieldOf(Answer page) =>
        HiddenField().Match(page.Body) is var match ? new(match.Groups["name"].Value, match.Groups["value"].Value) : default;

    [GeneratedRegex("""<input type="hidden" name="(?<name>[^"]+)" value="(?<value>[^"]+)">""")]
    private static partial Regex HiddenField();
}
