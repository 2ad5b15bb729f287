using CodexService.Testing;
using CodexService.Verification.Export;

namespace CodexService.Verification.Tests;

/// <summary>The same parts in real sandboxes: non-root, read-only root, no network, limits.</summary>
public sealed class DockerVerificationTests(DockerSandboxes sandboxes) : IClassFixture<DockerSandboxes>
{
    private const string Tests = "import pytest\nfrom calc import add, mul\n\n\n@pytest.mark.parametrize('x', [0, 1])\ndef test_add(x):\n    assert add(x, 1) == x + 1\n\n\ndef test_mul():\n    assert mul(2, 3) == 6\n";

    [Fact]
    public async Task Verify_PytestRepository_ProvesExportedPatch()
    {
        using var repository = await TestRepository.CreateAsync(("src/calc.py", SampleProject.Buggy), ("tests/test_calc.py", Tests), ("pyproject.toml", "[tool.pytest.ini_options]\npythonpath = [\"src\"]\n"));
        await using var work = await sandboxes.OpenAsync(repository);
        await work.MustRunAsync("python3 -m pytest -q; sed -i 's/a - b/a + b/' src/calc.py");
        var export = await PatchExporter.ExportAsync(work, null, default);
        Assert.Equal("src/calc.py", Assert.Single(export.Check.Files).Path);

        var result = await sandboxes.PatientVerifier.VerifyAsync(
            new VerificationRequest(async token => await sandboxes.OpenAsync(repository, token), export.Patch, "python3 -m pytest -q", [], TimeSpan.FromMinutes(5), new Progress<string>()), default);

        Assert.True(result.Verified, result.Reason);
        Assert.Equal(["tests/test_calc.py::test_add[0]", "tests/test_calc.py::test_add[1]"], result.FailToPass);
        Assert.Equal(1, result.PassToPass);
        Assert.Equal(
            [("before", 1), ("before", 1), ("before", 1), ("after", 0), ("after", 0), ("after", 0), ("after", 0)],
            result.Commands.Select(command => (command.Phase, command.ExitCode)));
        Assert.Contains("'tests/test_calc.py::test_add[0]'", result.Commands[2].Command, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("while True:\n        pass")]
    [InlineData("return len([0] * 10 ** 9)")] // more memory than the sandbox has
    public async Task Verify_BaseHangsOrIsKilled_IsProvedInTheSameSandbox(string body)
    {
        using var repository = await TestRepository.CreateAsync(("code_.py", $"def f():\n    {body}\n"), ("test_code.py", "from code_ import f\n\n\ndef test_a():\n    pass\n\n\ndef test_b():\n    assert f() == 1\n"));
        await using var work = await sandboxes.OpenAsync(repository);
        await work.MustRunAsync("printf 'def f():\\n    return 1\\n' > code_.py");
        var export = await PatchExporter.ExportAsync(work, null, default);

        var result = await sandboxes.Verifier.VerifyAsync(
            new VerificationRequest(async token => await sandboxes.OpenAsync(repository, token), export.Patch, "python3 -m pytest -q", [], TimeSpan.FromHours(1), new Progress<string>()), default);

        Assert.True(result.Verified, result.Reason);
        Assert.Equal(["test_code.py::test_b"], result.FailToPass);
        Assert.Equal(1, result.PassToPass);
        Assert.Equal([137, 137, 0, 0, 0], result.Commands.Select(command => command.ExitCode));
    }

    [Fact]
    public async Task Verify_HookForgivesWhatATestRaises_IsRefuted()
    {
        // The repository's own hook calls a failing test passed as soon as the code is not as it was.
        const string Forgiving = """
            import pytest
            from calc import add

            @pytest.hookimpl(hookwrapper=True)
            def pytest_runtest_makereport(item, call):
                report = (yield).get_result()
                if add(4, 5) != -1:
                    report.outcome = "passed"
            """;
        using var repository = await TestRepository.CreateAsync(
            ("calc.py", SampleProject.Buggy), ("conftest.py", Forgiving.ReplaceLineEndings("\n")), ("test_calc.py", "from calc import add\n\n\ndef test_add():\n    assert add(1, 2) == 3\n"));
        await using var work = await sandboxes.OpenAsync(repository);
        await work.MustRunAsync("sed -i 's/a - b/a * b/' calc.py");
        var export = await PatchExporter.ExportAsync(work, null, default);

        var result = await sandboxes.PatientVerifier.VerifyAsync(
            new VerificationRequest(async token => await sandboxes.OpenAsync(repository, token), export.Patch, "python3 -m pytest -q", [], TimeSpan.FromMinutes(5), new Progress<string>()), default);

        Assert.False(result.Verified, result.Reason);
        Assert.Equal(["test_calc.py::test_add"], result.StillFailing);
    }

    [Fact]
    public async Task Verify_FileCannotBeImportedAtTheBase_ItsTestsAreTheProof()
    {
        using var repository = await TestRepository.CreateAsync(("src/calc.py", "def add(a, b):\n    return a + b\n"), ("tests/test_calc.py", Tests), ("pyproject.toml", "[tool.pytest.ini_options]\npythonpath = [\"src\"]\n"));
        await using var work = await sandboxes.OpenAsync(repository);
        await work.MustRunAsync("printf '\\n\\ndef mul(a, b):\\n    return a * b\\n' >> src/calc.py");
        var export = await PatchExporter.ExportAsync(work, null, default);

        var result = await sandboxes.PatientVerifier.VerifyAsync(
            new VerificationRequest(async token => await sandboxes.OpenAsync(repository, token), export.Patch, "python3 -m pytest -q", ["tests/test_calc.py"], TimeSpan.FromMinutes(5), new Progress<string>()), default);

        Assert.True(result.Verified, result.Reason);
        Assert.Equal(["tests/test_calc.py::test_add[0]", "tests/test_calc.py::test_add[1]", "tests/test_calc.py::test_mul"], result.FailToPass);
    }

    [Fact]
    public async Task Export_OneGigabyteChange_IsRefusedAndTheSandboxStaysUsable()
    {
        using var repository = await SampleProject.CreateAsync();
        await using var sandbox = await sandboxes.OpenAsync(repository);
        await sandbox.MustRunAsync("head -c 1000000000 /dev/zero | tr '\\0' 'x' > large");

        var error = await Assert.ThrowsAsync<PatchExportException>(() => PatchExporter.ExportAsync(sandbox, null, default));

        Assert.Equal("the change could not be exported: a changed file has 954 MiB; at most 32 MiB are allowed", error.Message);
        await sandbox.MustRunAsync("rm large; sed -i 's/a - b/a + b/' calc.py");
        Assert.Equal("calc.py", Assert.Single((await PatchExporter.ExportAsync(sandbox, null, default)).Check.Files).Path);
    }

    [Fact]
    public async Task Prepare_HostileTree_StaysInside()
    {
        using var repository = await TestRepository.CreateAsync(("calc.py", SampleProject.Buggy), ("dä/new\nline", "x"));
        File.CreateSymbolicLink(Path.Combine(repository.Path, "out"), "/etc/passwd");
        File.CreateSymbolicLink(Path.Combine(repository.Path, "up"), "../../../../tmp");
        await repository.CommitAsync("links");

        await using var sandbox = await sandboxes.OpenAsync(repository);

        Assert.Equal("/etc/passwd\n", await sandbox.MustRunAsync("readlink out"));
        Assert.Equal("", await sandbox.MustRunAsync("git status --porcelain"));
        Assert.True((await PatchExporter.ExportAsync(sandbox, null, default)).IsEmpty);
    }
}
