using System.Text.RegularExpressions;

namespace CodexService.Verification.Judging;

/// <summary>What a path says about a file: whether it holds tests or decides which tests run.</summary>
internal static partial class TestPaths
{
    /// <summary>Whether the file holds tests, what tests share, or nothing but settings of tests.</summary>
    public static bool IsTest(string path)
    {
        var parts = path.Split('/');
        return parts[..^1].Any(folder => Folder().IsMatch(folder)) || Name().IsMatch(parts[^1]);
    }

    /// <summary>Whether the file has settings of tests among others, so that its content has to be looked at.</summary>
    public static bool MayConfigureTests(string path) => !IsTest(path) && FileName(path) is "package.json" or "pyproject.toml" or "setup.cfg";

    /// <summary>
    /// Whether the test's id names a test of the file. Ids are relative to where the runner was started, so the end of the
    /// path has to fit: one of the same name in another folder fits as well.
    /// </summary>
    public static bool Holds(string path, string id)
    {
        var colons = id.IndexOf("::", StringComparison.Ordinal);
        if (colons > 0)
        {
            var file = id[..colons];
            return path == file || path.EndsWith("/" + file, StringComparison.Ordinal);
        }

        if (!path.EndsWith(".py", StringComparison.Ordinal))
        {
            return false;
        }

        // unittest names modules: the file is the module, with as many folders before it as the id has.
        var module = path[..^3].Replace('/', '.');
        for (var start = 0; start >= 0; start = module.IndexOf('.', start) is var dot and >= 0 ? dot + 1 : -1)
        {
            if (id.StartsWith(string.Concat(module.AsSpan(start), "."), StringComparison.Ordinal))
            {
                return true;
            }
        }

        return false;
    }

    internal static string FileName(string path) => path[(path.LastIndexOf('/') + 1)..];

    [GeneratedRegex(@"^((unit_?|integration_?)?tests?|__tests__|__snapshots__|specs?|e2e|cypress|[\w.]*(\.|[a-z])Tests?)$", RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant)]
    private static partial Regex Folder();

    [GeneratedRegex(
        """
        ^( test_.*\.py | .*_test\.(py|go|rb|exs|cc|cpp) | tests?\.(py|[cm]?[jt]sx?)            # tests by name
         | .+\.(test|spec|cy)\.\w+ | .+_spec\.rb | .*[a-z0-9]Tests?\.(cs|fs|vb|java|kt|scala|swift|php) | .*[a-z0-9]Spec\.(scala|kt|groovy) | .+\.snap
         | conftest\.py                                                                      # what tests share
         | \.?pytest\.(ini|toml) | tox\.(ini|toml) | noxfile\.py | \.coveragerc                 # settings of tests
         | (jest|vitest|karma|playwright|cypress|ava)\.(config|conf|workspace|setup)\.\w+ | \.mocharc(\..+)? | .+\.runsettings | xunit\.runner\.json
         | [\w.]*(\.|[a-z])Tests?\.(cs|fs|vb)proj )$
        """,
        RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant | RegexOptions.IgnorePatternWhitespace)]
    private static partial Regex Name();
}
