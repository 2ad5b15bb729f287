using System.Text.Json;
using System.Text.RegularExpressions;

namespace CodexService.Repositories.Inspection;

/// <summary>A guessed test command.</summary>
/// <param name="Command">The command line.</param>
/// <param name="Why">What it rests on, for people.</param>
internal sealed record TestCommandGuess(string Command, string Why);

/// <summary>
/// Guesses how a repository runs its tests from its file names and a few small files. Python comes first, because a
/// Python project with a Makefile or a package.json beside it still reports most through its own runner.
/// </summary>
internal static partial class TestCommandGuesser
{
    private const string Pytest = "python3 -m pytest -q";
    private const int MaxTestFilesRead = 8;

    public static async Task<TestCommandGuess?> GuessAsync(IReadOnlyList<string> files, Func<string, Task<string>> read)
    {
        var root = files.Where(file => !file.Contains('/', StringComparison.Ordinal)).ToHashSet(StringComparer.Ordinal);
        return await ConfiguredPytestAsync(files, root, read)
            ?? await PythonTestsAsync(files, read)
            ?? Toolchain(root)
            ?? await NodeAsync(root, read)
            ?? await MakeAsync(root, read);
    }

    private static async Task<TestCommandGuess?> ConfiguredPytestAsync(IReadOnlyList<string> files, HashSet<string> root, Func<string, Task<string>> read)
    {
        (string File, string Section)[] configurations =
        [
            ("pytest.ini", "[pytest]"), (".pytest.ini", "[pytest]"), ("pyproject.toml", "[tool.pytest"), ("setup.cfg", "[tool:pytest]"), ("tox.ini", "[pytest]"),
        ];
        foreach (var (file, section) in configurations)
        {
            if (root.Contains(file) && (file.EndsWith("pytest.ini", StringComparison.Ordinal) || (await read(file)).Contains(section, StringComparison.Ordinal)))
            {
                return new TestCommandGuess(Pytest, $"{file} configures pytest");
            }
        }

        var conftest = files.FirstOrDefault(file => Path.GetFileName(file) == "conftest.py");
        return conftest is null ? null : new TestCommandGuess(Pytest, $"{conftest} belongs to pytest");
    }

    private static async Task<TestCommandGuess?> PythonTestsAsync(IReadOnlyList<string> files, Func<string, Task<string>> read)
    {
        var tests = files.Where(file => PythonTestFile().IsMatch(Path.GetFileName(file))).ToArray();
        if (tests.Length == 0)
        {
            return null;
        }

        foreach (var test in tests.Take(MaxTestFilesRead))
        {
            if (PytestStyle().IsMatch(await read(test)))
            {
                return new TestCommandGuess(Pytest, $"{test} is written for pytest");
            }
        }

        // unittest's own discovery knows only test*.py, and enters only folders that are packages.
        var discoverable = tests.Where(file => Path.GetFileName(file).StartsWith("test", StringComparison.Ordinal)).ToArray();
        if (discoverable.Length == 0)
        {
            return new TestCommandGuess(Pytest, $"{tests[0]} looks like a Python test");
        }

        var folder = Path.GetDirectoryName(discoverable[0]) ?? "";
        var top = folder.Split('/')[0];
        var plain = folder.Length == 0 || files.Contains($"{folder}/__init__.py", StringComparer.Ordinal);
        return plain || !SafeFolder().IsMatch(top)
            ? new TestCommandGuess("python3 -m unittest", $"{discoverable[0]} uses unittest")
            : new TestCommandGuess($"python3 -m unittest discover -s {top}", $"{discoverable[0]} uses unittest and {folder} is no package");
    }

    private static TestCommandGuess? Toolchain(HashSet<string> root)
    {
        var solution = root.FirstOrDefault(file =>
            file.EndsWith(".sln", StringComparison.OrdinalIgnoreCase) ||
            file.EndsWith(".slnx", StringComparison.OrdinalIgnoreCase) ||
            file.EndsWith(".csproj", StringComparison.OrdinalIgnoreCase));
        return root.Contains("go.mod") ? new TestCommandGuess("go test ./...", "go.mod is a Go module")
            : root.Contains("Cargo.toml") ? new TestCommandGuess("cargo test", "Cargo.toml is a Rust crate")
            : solution is not null ? new TestCommandGuess("dotnet test", $"{solution} is a .NET solution or project")
            : root.Contains("pom.xml") ? new TestCommandGuess("mvn -q test", "pom.xml is a Maven project")
            : root.Contains("gradlew") ? new TestCommandGuess("./gradlew test", "gradlew is a Gradle project")
            : null;
    }

    private static async Task<TestCommandGuess?> NodeAsync(HashSet<string> root, Func<string, Task<string>> read)
    {
        if (!root.Contains("package.json"))
        {
            return null;
        }

        try
        {
            using var package = JsonDocument.Parse(await read("package.json"));
            return package.RootElement.ValueKind == JsonValueKind.Object
                && package.RootElement.TryGetProperty("scripts", out var scripts)
                && scripts.ValueKind == JsonValueKind.Object
                && scripts.TryGetProperty("test", out var test)
                && test.ValueKind == JsonValueKind.String
                && test.GetString() is { Length: > 0 } script
                && !script.Contains("no test specified", StringComparison.Ordinal)
                    ? new TestCommandGuess("npm test", "package.json has a test script")
                    : null;
        }
        catch (JsonException)
        {
            // A package.json that is no JSON tells nothing about tests.
            return null;
        }
    }

    private static async Task<TestCommandGuess?> MakeAsync(HashSet<string> root, Func<string, Task<string>> read)
    {
        string[] names = ["GNUmakefile", "makefile", "Makefile"];
        foreach (var name in names.Where(root.Contains))
        {
            var target = MakeTarget().Match(await read(name));
            if (target.Success)
            {
                return new TestCommandGuess($"make {target.Groups["target"].Value}", $"{name} has the target {target.Groups["target"].Value}");
            }
        }

        return null;
    }

    [GeneratedRegex(@"^(?:test.*|.*_test)\.py$", RegexOptions.CultureInvariant)]
    private static partial Regex PythonTestFile();

    [GeneratedRegex(@"^(?:import pytest|from pytest|(?:async )?def test_|class Test\w*\s*(?:\(\s*(?:object)?\s*\))?\s*:)", RegexOptions.CultureInvariant | RegexOptions.Multiline)]
    private static partial Regex PytestStyle();

    [GeneratedRegex(@"^[A-Za-z0-9_.][A-Za-z0-9_.-]*$", RegexOptions.CultureInvariant)]
    private static partial Regex SafeFolder();

    [GeneratedRegex(@"^(?<target>test|check)\s*:(?!=)", RegexOptions.CultureInvariant | RegexOptions.Multiline)]
    private static partial Regex MakeTarget();
}
