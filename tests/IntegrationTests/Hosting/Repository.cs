namespace Certctl.IntegrationTests.Hosting;

internal static class Repository
{
    /// <summary>The folder of Certctl.sln.</summary>
    public static string Root { get; } = Find(AppContext.BaseDirectory);

    private static string Find(string folder) => File.Exists(Path.Combine(folder, "Certctl.sln"))
        ? folder
        : Find(Path.GetDirectoryName(folder.TrimEnd('/')) ?? throw new DirectoryNotFoundException("Certctl.sln is in no folder above the tests."));
}
