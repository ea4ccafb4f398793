using System.Reflection;
using Certctl.AllInOne;

namespace Certctl.UnitTests.Architecture;

/// <summary>The repository as these tests see it.</summary>
internal static class SourceTree
{
    public static string Root { get; } = Find(AppContext.BaseDirectory);

    /// <summary>Every assembly of the product.</summary>
    public static IReadOnlyList<Assembly> Assemblies { get; } =
        [typeof(AllInOneHost).Assembly, .. Directory.GetFiles(AppContext.BaseDirectory, "Certctl.*.dll")
            .Select(Path.GetFileNameWithoutExtension)
            .Where(name => name is not null && !name.EndsWith("Tests", StringComparison.Ordinal) && name != typeof(AllInOneHost).Assembly.GetName().Name)
            .Select(name => Assembly.Load(name!))];

    /// <summary>C# files below a folder, without what the build makes; paths are relative to the root.</summary>
    public static IReadOnlyList<(string Path, string Text)> Sources(string folder) => Directory.Exists(Path.Combine(Root, folder))
        ? [.. Directory.EnumerateFiles(Path.Combine(Root, folder), "*.cs", SearchOption.AllDirectories)
            .Select(path => Path.GetRelativePath(Root, path).Replace('\\', '/'))
            .Where(path => !path.Contains("/obj/", StringComparison.Ordinal) && !path.Contains("/bin/", StringComparison.Ordinal))
            .Select(path => (path, File.ReadAllText(Path.Combine(Root, path))))]
        : [];

    private static string Find(string folder) => File.Exists(Path.Combine(folder, "Certctl.sln"))
        ? folder
        : Find(Path.GetDirectoryName(folder.TrimEnd('/')) ?? throw new DirectoryNotFoundException("Certctl.sln is in no folder above the tests."));
}
