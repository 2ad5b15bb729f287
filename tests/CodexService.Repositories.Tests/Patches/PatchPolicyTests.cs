using CodexService.Repositories.Patches;
using CodexService.Testing;

namespace CodexService.Repositories.Tests.Patches;

public sealed class PatchPolicyTests
{
    [Fact]
    public async Task Check_WhatGitDiffWrites_IsAllowed()
    {
        using var repository = await TestRepository.CreateAsync(
            ("a.py", "one\ntwo\nthree\n"), ("gone", "x\n"), ("no newline", "x"), ("crlf", "a\r\nb\r\n"), ("tab\tand \"quote\" ü\nline", "1\n"), ("b/x b/x", "1\n"), ("binary", "\0\u0001" + new string('x', 500)), ("empty", ""));
        var patch = await repository.PatchAsync(
            ("a.py", "one\n2\nthree\nfour"), ("new.py", "new\n--- a/x\n+++ b/y\ndiff --git a/z b/z\n"), ("no newline", "y"), ("crlf", "a\r\nc\r\n"), ("tab\tand \"quote\" ü\nline", "2\n"),
            ("b/x b/x", "2\n"), ("binary", "\0\u0002" + new string('x', 500)), ("new binary", "\0\u0003"), ("empty2", ""), (".gitignore", "x\n"), (".github/dependabot.yml", "x\n"), ("sub/.gitkeep", ""));

        var check = PatchPolicy.Check(patch);

        Assert.Empty(check.Violations);
        Assert.Empty(check.Held);
        Assert.Contains(check.Files, file => file is { Path: "a.py", Change: FileChange.Modified, AddedLines: 2, RemovedLines: 1 });
        Assert.Contains(check.Files, file => file is { Path: "tab\tand \"quote\" ü\nline", Change: FileChange.Modified });
        Assert.Contains(check.Files, file => file is { Path: "new binary", Binary: true, Change: FileChange.Added });
        Assert.Contains(check.Files, file => file is { Path: "new.py", AddedLines: 4 });
        Assert.Equal(12, check.Files.Count);
    }

    [Fact]
    public void Check_EmptyPatch_IsAllowed() => Assert.True(PatchPolicy.Check("").Allowed);

    [Theory]
    [InlineData(".github/workflows/ci.yml")]
    [InlineData(".codex/config.yml")]
    [InlineData("CODEOWNERS")]
    [InlineData(".github/codeowners")]
    [InlineData(".github/actions/a/action.yml")]
    public void Check_Workflow_IsHeldForApproval(string path)
    {
        var check = PatchPolicy.Check(NewFile(path));
        Assert.True(check.Allowed);
        Assert.Equal([path], check.Held);
    }

    [Theory]
    [InlineData("../x", PatchRule.PathInside)]
    [InlineData("a/../../x", PatchRule.PathInside)]
    [InlineData("/etc/passwd", PatchRule.PathInside)]
    [InlineData("a//b", PatchRule.PathInside)]
    [InlineData("./a", PatchRule.PathInside)]
    [InlineData("C:/x", PatchRule.PathInside)]
    [InlineData("a\\..\\x", PatchRule.PathInside)]
    [InlineData(".git/hooks/post-checkout", PatchRule.NoGitFiles)]
    [InlineData("sub/.git/config", PatchRule.NoGitFiles)]
    [InlineData(".GIT/config", PatchRule.NoGitFiles)]
    [InlineData(".git", PatchRule.NoGitFiles)]
    [InlineData(".git./config", PatchRule.NoGitFiles)]
    [InlineData(".git /config", PatchRule.NoGitFiles)]
    [InlineData("git~1/config", PatchRule.NoGitFiles)]
    [InlineData("GIT~2/config", PatchRule.NoGitFiles)]
    [InlineData(".git::$INDEX_ALLOCATION/config", PatchRule.NoGitFiles)]
    [InlineData(".g\u200cit/config", PatchRule.NoGitFiles)]
    [InlineData("\ufeff.git/config", PatchRule.NoGitFiles)]
    [InlineData("a\\.git\\config", PatchRule.NoGitFiles)]
    [InlineData(".gitmodules", PatchRule.NoGitFiles)]
    [InlineData(".gitattributes", PatchRule.NoGitFiles)]
    [InlineData("sub/.gitattributes", PatchRule.NoGitFiles)]
    [InlineData(".Gitignore", PatchRule.NoGitFiles)]
    public void Check_ForbiddenPath_IsRefused(string path, PatchRule rule) =>
        Assert.Contains(PatchPolicy.Check(NewFile(path)).Violations, violation => violation.Rule == rule);

    [Fact]
    public void Check_ForbiddenPathInOctalEscapes_IsRefused() =>
        Assert.Contains(PatchPolicy.Check(NewFile("\\056git/x", quoted: true)).Violations, violation => violation.Rule == PatchRule.NoGitFiles);

    [Theory]
    [InlineData("new file mode 120000\nindex 0000000..1111111\n--- /dev/null\n+++ b/f\n@@ -0,0 +1 @@\n+/etc/passwd\n\\ No newline at end of file\n", PatchRule.NoSymlink)]
    [InlineData("index 0000000..1111111 120000\n--- a/f\n+++ b/f\n@@ -1 +1 @@\n-a\n+/etc/passwd\n", PatchRule.NoSymlink)]
    [InlineData("old mode 100644\nnew mode 120000\n", PatchRule.NoSymlink)]
    [InlineData("new file mode 160000\nindex 0000000..1111111\n--- /dev/null\n+++ b/f\n@@ -0,0 +1 @@\n+Subproject commit 1111111111111111111111111111111111111111\n", PatchRule.NoSubmodule)]
    [InlineData("deleted file mode 160000\nindex 1111111..0000000\n--- a/f\n+++ /dev/null\n@@ -1 +0,0 @@\n-Subproject commit 1111111111111111111111111111111111111111\n", PatchRule.NoSubmodule)]
    [InlineData("old mode 100644\nnew mode 100755\n", PatchRule.NoModeChange)]
    [InlineData("new file mode 104755\nindex 0000000..e69de29\n", PatchRule.NoModeChange)]
    [InlineData("new file mode 040000\nindex 0000000..e69de29\n", PatchRule.NoModeChange)]
    [InlineData("new file mode 100666\nindex 0000000..e69de29\n", PatchRule.NoModeChange)]
    public void Check_ForbiddenMode_IsRefused(string headers, PatchRule rule) =>
        Assert.Contains(PatchPolicy.Check($"diff --git a/f b/f\n{headers}").Violations, violation => violation.Rule == rule);

    [Theory]
    [InlineData("hello\n", "expected 'diff --git'")]
    [InlineData("From: x\ndiff --git a/f b/f\nnew file mode 100644\nindex 0000000..e69de29\n", "expected 'diff --git'")]
    [InlineData("--- a/f\n+++ b/f\n@@ -1 +1 @@\n-a\n+b\n", "expected 'diff --git'")]
    [InlineData("diff --git a/f b/g\nindex 1111111..2222222 100644\n--- a/f\n+++ b/g\n@@ -1 +1 @@\n-a\n+b\n", "same file twice")]
    [InlineData("diff --git a/f b/f\nindex 1111111..2222222 100644\n--- a/f\n+++ b/.git/config\n@@ -1 +1 @@\n-a\n+b\n", "names another file")]
    [InlineData("diff --git a/f b/f\nindex 1111111..2222222 100644\n--- /dev/null\n+++ b/f\n@@ -0,0 +1 @@\n+b\n", "names another file")]
    [InlineData("diff --git a/f b/g\nsimilarity index 100%\nrename from f\nrename to g\n", "same file twice")]
    [InlineData("diff --git a/f b/f\nsimilarity index 100%\nrename from f\nrename to .git/config\n", "deletion and an addition")]
    [InlineData("diff --git a/f b/f\ncopy from f\ncopy to ../g\n", "deletion and an addition")]
    [InlineData("diff --git a/f b/f\nindex 1111111..2222222 100644\n--- a/f\n+++ b/f\n@@ -1 +1 @@\n-a\n+b", "does not end with a line feed")]
    [InlineData("diff --git a/f b/f\nindex 1111111..2222222 100644\n--- a/f\n+++ b/f\n@@ -1,3 +1 @@\n-a\n+b\n", "ends inside a hunk")]
    [InlineData("diff --git a/f b/f\nindex 1111111..2222222 100644\n--- a/f\n+++ b/f\n@@ -1 +1 @@\n-a\n+b\n+c\n", "expected 'diff --git'")]
    [InlineData("diff --git a/f b/f\nindex 1111111..2222222 100644\n--- a/f\n+++ b/f\n", "has no hunk")]
    [InlineData("diff --git a/f b/f\nindex 1111111..2222222 100644\nBinary files a/f and b/f differ\n", "unexpected line")]
    [InlineData("diff --git a/f b/f\nindex 1111111..2222222 100644\nGIT binary patch\nliteral x\nzcmZ\n\n", "needs 'literal' or 'delta'")]
    [InlineData("diff --git a/f b/f\nindex 1111111..2222222 100644\nGIT binary patch\nliteral 1\n../../x\n\n", "not encoded as git does it")]
    [InlineData("diff --git \"a/f b/f\nindex 1111111..2222222 100644\n", "quoted name is broken")]
    [InlineData("diff --git \"a/\\9\" \"b/\\9\"\nindex 1111111..2222222 100644\n", "quoted name is broken")]
    [InlineData("diff --git f f\nindex 1111111..2222222 100644\n", "same file twice")]
    public void Check_NotWhatGitDiffWrites_IsRefused(string patch, string reason)
    {
        var check = PatchPolicy.Check(patch);
        Assert.Contains(check.Violations, violation => violation.Rule == PatchRule.WellFormed);
        Assert.Contains(reason, check.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Check_SameFileTwice_IsRefused() =>
        Assert.Contains(PatchPolicy.Check(NewFile("f") + NewFile("f")).Violations, violation => violation.Rule == PatchRule.WellFormed);

    [Fact]
    public void Check_LargerThanTheLimits_IsRefused()
    {
        Assert.Equal(PatchRule.Size, Assert.Single(PatchPolicy.Check(new string('x', 2000), new PatchLimits { MaxBytes = 1000 }).Violations).Rule);
        Assert.Equal(PatchRule.Size, Assert.Single(PatchPolicy.Check(NewFile("a") + NewFile("b"), new PatchLimits { MaxFiles = 1 }).Violations).Rule);
        Assert.Equal(PatchRule.Size, Assert.Single(PatchPolicy.Check("diff --git a/f b/f\nnew file mode 100644\nindex 0000000..1111111\nGIT binary patch\nliteral 99999999999\nAcmZQz\n\n").Violations).Rule);
    }

    [Fact]
    public async Task Check_DeltaThatUnfoldsToMuch_IsRefusedByItsResult()
    {
        // git writes a delta when most of a large binary file repeats; its own length is tiny.
        using var repository = await TestRepository.CreateAsync();
        var content = new byte[2 << 20];
        Random.Shared.NextBytes(content);
        await File.WriteAllBytesAsync(Path.Combine(repository.Path, "large"), content);
        await repository.CommitAsync("large");
        content[1000] ^= 1;
        await File.WriteAllBytesAsync(Path.Combine(repository.Path, "large"), content);
        var patch = await repository.PatchAsync();
        Assert.Contains("\ndelta ", patch, StringComparison.Ordinal);
        Assert.True(patch.Length < 2000);

        Assert.True(PatchPolicy.Check(patch).Allowed);
        var check = PatchPolicy.Check(patch, new PatchLimits { MaxFileBytes = 1 << 20 });

        Assert.Equal(PatchRule.Size, Assert.Single(check.Violations).Rule);
        Assert.Contains($"{content.Length} bytes", check.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Check_Anything_NeverThrows()
    {
        // Cuts and single changed characters of a valid patch: judged, never thrown at the caller.
        var valid = NewFile("a/b") + "diff --git a/f b/f\nindex 1111111..2222222 100644\n--- a/f\n+++ b/f\n@@ -1,2 +1,2 @@ x\n a\n-b\n+c\n\\ No newline at end of file\n";
        Assert.True(PatchPolicy.Check(valid).Allowed);
        for (var i = 0; i < valid.Length; i++)
        {
            _ = PatchPolicy.Check(valid[..i]);
            foreach (var c in "\"\\\0\n -+@/\ud800")
            {
                _ = PatchPolicy.Check(valid[..i] + c + valid[(i + 1)..]);
            }
        }
    }

    private static string NewFile(string path, bool quoted = false)
    {
        var (a, b) = quoted ? ($"\"a/{path}\"", $"\"b/{path}\"") : ($"a/{path}", $"b/{path}");
        return $"diff --git {a} {b}\nnew file mode 100644\nindex 0000000..1111111\n--- /dev/null\n+++ {b}\n@@ -0,0 +1 @@\n+x\n";
    }
}
