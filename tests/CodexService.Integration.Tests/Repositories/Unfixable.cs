using CodexService.Testing;

namespace CodexService.Integration.Tests.Repositories;

/// <summary>Repositories whose failing test no small change can mend.</summary>
internal static class Unfixable
{
    /// <summary>The missing piece is an algorithm, which no mutation of one line gives.</summary>
    public static TestRepository Quick() => TestRepository.With(
        ("checksum.py", "def checksum(text):\n    return len(text)\n"),
        ("test_checksum.py",
            """
            import hashlib
            from checksum import checksum


            def test_checksum():
                assert checksum("codex") == hashlib.sha256(b"codex").hexdigest()


            def test_is_stable():
                assert checksum("a") == checksum("a")

            """));

    /// <summary>The same with so much code behind the failing test, and a test so slow, that the search is busy for minutes.</summary>
    public static TestRepository SlowSearch() => TestRepository.With(
        ("checksum.py", "def checksum(text):\n    total = 0\n" + string.Concat(Enumerable.Range(1, 60).Select(i => $"    total = total + len(text) * {i}\n")) + "    return total\n"),
        ("test_checksum.py",
            """
            import hashlib
            import time
            from checksum import checksum


            def test_checksum():
                time.sleep(0.5)
                assert checksum("codex") == hashlib.sha256(b"codex").hexdigest()

            """));
}
