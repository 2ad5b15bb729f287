using CodexService.Testing;

namespace CodexService.Repositories.Tests.Inspection;

public sealed class RepositoryInspectorTests : IDisposable
{
    private readonly RepositoryFixture _fixture = new();

    public void Dispose() => _fixture.Dispose();

    [Fact]
    public async Task Inspect_SeveralBranches_DefaultComesFirst()
    {
        using var repository = await TestRepository.CreateAsync(("README", "x"));
        await repository.GitAsync("branch", "alpha");
        await repository.GitAsync("branch", "zeta");

        var found = await _fixture.Inspector.InspectAsync(RepositoryAddress.Parse(repository.Path), default);

        Assert.Equal("main", found.DefaultBranch);
        Assert.Equal(["main", "alpha", "zeta"], found.Branches);
        Assert.Null(found.TestCommand);
        Assert.Null(found.TestCommandWhy);
    }

    [Theory]
    [InlineData("pytest.ini", "", "python3 -m pytest -q")]
    [InlineData("pyproject.toml", "[tool.pytest.ini_options]\n", "python3 -m pytest -q")]
    [InlineData("setup.cfg", "[tool:pytest]\n", "python3 -m pytest -q")]
    [InlineData("tests/conftest.py", "", "python3 -m pytest -q")]
    [InlineData("tests/test_a.py", "def test_a():\n    pass\n", "python3 -m pytest -q")]
    [InlineData("tests/test_a.py", "import unittest\n", "python3 -m unittest discover -s tests")]
    [InlineData("test_a.py", "import unittest\n\nclass TestA(unittest.TestCase):\n    def test_a(self):\n        pass\n", "python3 -m unittest")]
    [InlineData("package.json", "{\"scripts\":{\"test\":\"jest\"}}", "npm test")]
    [InlineData("package.json", "{\"scripts\":{\"test\":\"echo \\\"Error: no test specified\\\" && exit 1\"}}", null)]
    [InlineData("package.json", "not json", null)]
    [InlineData("Makefile", "all:\n\ttrue\ntest: all\n\ttrue\n", "make test")]
    [InlineData("Makefile", "test := 1\nall:\n\ttrue\n", null)]
    [InlineData("go.mod", "module x\n", "go test ./...")]
    [InlineData("Cargo.toml", "", "cargo test")]
    [InlineData("App.sln", "", "dotnet test")]
    public async Task Inspect_KnownLayout_GuessesTheTestCommand(string file, string content, string? expected)
    {
        using var repository = await TestRepository.CreateAsync((file, content), ("README", "x"));

        var found = await _fixture.Inspector.InspectAsync(RepositoryAddress.Parse(repository.Path), default);

        Assert.Equal(expected, found.TestCommand);
        Assert.Equal(expected is null, found.TestCommandWhy is null);
    }

    [Fact]
    public async Task Inspect_UnittestPackage_UsesPlainDiscovery()
    {
        using var repository = await TestRepository.CreateAsync(("tests/__init__.py", ""), ("tests/test_a.py", "import unittest\n"));
        var found = await _fixture.Inspector.InspectAsync(RepositoryAddress.Parse(repository.Path), default);
        Assert.Equal("python3 -m unittest", found.TestCommand);
    }
}
