using System.Diagnostics;
using System.Text;
using CodexService.Sandbox;
using CodexService.Testing;
using CodexService.Verification.Workspaces;

namespace CodexService.Verification.Tests;

/// <summary>A small Python project with a bug, tested by unittest, which every Python has.</summary>
internal static class SampleProject
{
    public const string Command = "python3 -m unittest";

    public const string Buggy = "def add(a, b):\n    return a - b\n\n\ndef mul(a, b):\n    return a * b\n";

    public const string Fixed = "def add(a, b):\n    return a + b\n\n\ndef mul(a, b):\n    return a * b\n";

    private const string Tests = """
        import unittest
        from calc import add, mul


        class TestCalc(unittest.TestCase):
            def test_add(self):
                self.assertEqual(add(1, 2), 3)

            def test_mul(self):
                self.assertEqual(mul(2, 3), 6)

            def test_zero(self):
                self.assertEqual(mul(0, 3), 0)

        """;

    public static Task<TestRepository> CreateAsync(string calc = Buggy) =>
        TestRepository.CreateAsync(("calc.py", calc), ("test_calc.py", Tests));

    /// <summary>A fresh local sandbox that holds HEAD of <paramref name="repository"/>.</summary>
    public static async Task<LocalProcessSandbox> OpenAsync(TestRepository repository, SandboxLimits? limits = null)
    {
        var sandbox = new LocalProcessSandbox(limits);
        await new WorkspacePreparer(TimeProvider.System).PrepareAsync(sandbox, (tar, token) => WriteTarAsync(repository, tar, token), default);
        return sandbox;
    }

    public static async Task WriteTarAsync(TestRepository repository, Stream tar, CancellationToken cancellationToken)
    {
        var start = new ProcessStartInfo("git") { WorkingDirectory = repository.Path, UseShellExecute = false, RedirectStandardOutput = true };
        foreach (var argument in (string[])["archive", "--format=tar", "HEAD"])
        {
            start.ArgumentList.Add(argument);
        }

        using var process = Process.Start(start) ?? throw new InvalidOperationException("git did not start");
        await process.StandardOutput.BaseStream.CopyToAsync(tar, cancellationToken);
        await process.WaitForExitAsync(cancellationToken);
    }

    /// <summary>Runs a command that the test needs, and fails the test when it fails.</summary>
    public static async Task<string> MustRunAsync(this ISandbox sandbox, string command)
    {
        var result = await sandbox.RunAsync(new SandboxCommand(command), default);
        Assert.True(result.Succeeded, $"{command}: {Encoding.UTF8.GetString(result.StandardError.Span)}");
        return result.StandardOutputText;
    }
}
