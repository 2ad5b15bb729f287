using CodexService.Verification.Judging;

namespace CodexService.Verification.Tests.Judging;

public sealed class TestPathsTests
{
    [Theory]
    [InlineData("tests/test_users.py")]
    [InlineData("test_users.py")]
    [InlineData("app/users_test.py")]
    [InlineData("pkg/users_test.go")]
    [InlineData("app/tests.py")]
    [InlineData("tests/data/page.json")]
    [InlineData("src/users.spec.ts")]
    [InlineData("src/users.test.mjs")]
    [InlineData("src/__tests__/users.js")]
    [InlineData("src/__snapshots__/users.js.snap")]
    [InlineData("tests/App.Tests/App.Tests.csproj")]
    [InlineData("App.UnitTests/Users.cs")]
    [InlineData("src/UsersTests.cs")]
    [InlineData("src/test/java/UserTest.java")]
    [InlineData("conftest.py")]
    [InlineData("deep/er/conftest.py")]
    [InlineData("pytest.ini")]
    [InlineData("tox.ini")]
    [InlineData("jest.config.js")]
    [InlineData("web/vitest.config.ts")]
    [InlineData(".mocharc.json")]
    [InlineData("default.runsettings")]
    public void IsTest_TestsAndTheirSettings_AreFound(string path) => Assert.True(TestPaths.IsTest(path));

    [Theory]
    [InlineData("app/users.py")]
    [InlineData("app/latest.py")]
    [InlineData("app/contest/entry.py")]
    [InlineData("src/Attest.cs")]
    [InlineData("shared/SandboxSpec.cs")]
    [InlineData("inspect/main.go")]
    [InlineData("testimonials.md")]
    [InlineData("package.json")]
    [InlineData("setup.cfg")]
    public void IsTest_OtherFiles_AreNot(string path) => Assert.False(TestPaths.IsTest(path));

    [Theory]
    [InlineData("tests/test_a.py", "tests/test_a.py::T::test_x[1]", true)]
    [InlineData("backend/tests/test_a.py", "tests/test_a.py::test_x", true)]
    [InlineData("tests/test_a.py", "tests/test_b.py::test_x", false)]
    [InlineData("tests/est_a.py", "test_a.py::test_x", false)]
    [InlineData("xtest_a.py", "test_a.py::test_x", false)]
    [InlineData("tests/test_a.py", "tests.test_a.T.test_x", true)]
    [InlineData("tests/test_a.py", "test_a.T.test_x", true)]
    [InlineData("tests/test_a.py", "test_ab.T.test_x", false)]
    [InlineData("conftest.json", "conftest.T.test_x", false)]
    public void Holds_IdOfATest_IsFoundInItsFile(string path, string id, bool holds) => Assert.Equal(holds, TestPaths.Holds(path, id));

    [Theory]
    [InlineData("pyproject.toml", "[project]\nname='a'\n[tool.pytest.ini_options]\naddopts = ''\n", "[project]\nname='a'\n[tool.pytest.ini_options]\naddopts = '--deselect t.py::b'\n", true)]
    [InlineData("pyproject.toml", "[project]\nname='a'\n", "[project]\nname='b'\n", false)]
    [InlineData("pyproject.toml", "[project]\nname='a'\n", "[project]\nname='a'\n[tool.pytest.ini_options]\n", true)]
    [InlineData("pyproject.toml", "[tool]\n", "[tool]\npytest.ini_options.addopts = '-k x'\n", true)]
    [InlineData("pyproject.toml", "[tool.pytest.ini_options]\na = 1\n", "# note\n\n[tool.pytest.ini_options]\n# why\na = 1\n", false)]
    [InlineData("setup.cfg", "[tool:pytest]\naddopts=\n", null, true)]
    [InlineData("setup.cfg", "[metadata]\nname=a\n", "[metadata]\nname=b\n", false)]
    [InlineData("web/package.json", """{"version":"1","scripts":{"test":"jest"}}""", """{"version":"2","scripts":{"test":"jest"}}""", false)]
    [InlineData("web/package.json", """{"scripts":{"test":"jest"}}""", """{"scripts":{"test":"true"}}""", true)]
    [InlineData("web/package.json", """{"scripts":{"test":"npm run check","check":"jest"}}""", """{"scripts":{"test":"npm run check","check":"true"}}""", true)]
    [InlineData("web/package.json", """{"scripts":{"test":"jest","build":"a"}}""", """{"scripts":{"test":"jest","build":"b"}}""", false)]
    [InlineData("web/package.json", """{"jest":{}}""", """{"jest":{"testPathIgnorePatterns":["."]}}""", true)]
    [InlineData("web/package.json", """{"a":1}""", "{broken", true)]
    public void Differ_SettingsOfTests_AreToldFromOthers(string path, string? before, string? after, bool differ) => Assert.Equal(differ, TestSettings.Differ(path, before, after));
}
