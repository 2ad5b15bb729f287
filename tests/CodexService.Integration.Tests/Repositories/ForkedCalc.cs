using CodexService.Testing;

namespace CodexService.Integration.Tests.Repositories;

/// <summary>A repository with the pull request of a fork, which simplifies <c>mean</c> and breaks <c>add</c>.</summary>
internal sealed class ForkedCalc : IDisposable
{
    /// <summary>What names it, as on GitHub.</summary>
    public const string HeadRef = "refs/pull/7/head";

    private const string Test = "import unittest\nfrom calc import add, mean\n\n\nclass TestCalc(unittest.TestCase):\n    def test_add(self):\n        self.assertEqual(add(1, 2), 3)\n\n    def test_mean(self):\n        self.assertEqual(mean([2, 4]), 3)\n";

    // As GitHub keeps it: no branch of the repository has the commits, and the base has moved on meanwhile.
    public ForkedCalc()
    {
        Start = Repository.Git("rev-parse", "HEAD").Trim();
        Repository.Git("checkout", "-q", "--detach");
        Head = Repository.Commit("Simplify", ("calc.py", "def add(a, b):\n    return a - b\n\n\ndef mean(items):\n    return sum(items) / len(items)\n"));
        Repository.Git("update-ref", HeadRef, Head);
        Repository.Git("checkout", "-q", "main");
        Repository.Commit("Meanwhile", ("README.md", "Meanwhile\n"));
    }

    public TestRepository Repository { get; } = TestRepository.With(
        ("calc.py", "def add(a, b):\n    return a + b\n\n\ndef mean(items):\n    return sum(items) / max(1, len(items))\n"),
        ("test_calc.py", Test));

    /// <summary>The commit that it starts from.</summary>
    public string Start { get; }

    /// <summary>Its own commit.</summary>
    public string Head { get; }

    public void Dispose() => Repository.Dispose();
}
