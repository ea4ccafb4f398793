using System.Diagnostics;

namespace Certctl.UnitTests.Pki;

/// <summary>The openssl command as an independent judge, in a folder of its own. It is a prerequisite: tests fail without it.</summary>
internal sealed class OpenSsl : IDisposable
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("certctl-openssl-");

    public OpenSsl Write(string name, string text)
    {
        File.WriteAllText(Path.Combine(folder.FullName, name), text);
        return this;
    }

    public OpenSsl Write(string name, ReadOnlySpan<byte> bytes)
    {
        File.WriteAllBytes(Path.Combine(folder.FullName, name), bytes);
        return this;
    }

    public byte[] Bytes(string name) => File.ReadAllBytes(Path.Combine(folder.FullName, name));

    public string Text(string name) => File.ReadAllText(Path.Combine(folder.FullName, name));

    /// <summary>Runs a command line without quoting rules and returns what it printed; another exit code than 0 fails the test.</summary>
    public string Run(string arguments)
    {
        var (code, output) = Try(arguments);
        Assert.True(code == 0, $"openssl {arguments}: exit code {code}\n{output}");
        return output;
    }

    public (int ExitCode, string Output) Try(string arguments)
    {
        var start = new ProcessStartInfo("openssl", arguments.Split(' '))
        {
            WorkingDirectory = folder.FullName,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
        };
        using var process = Process.Start(start)!;
        process.StandardInput.Close();
        var errors = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        Assert.True(process.WaitForExit(TimeSpan.FromSeconds(30)), $"openssl {arguments} did not end");
        return (process.ExitCode, output + errors.Result);
    }

    public void Dispose() => folder.Delete(recursive: true);
}
