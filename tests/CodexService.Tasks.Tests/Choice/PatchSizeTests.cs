using CodexService.Tasks.Choice;

namespace CodexService.Tasks.Tests.Choice;

public sealed class PatchSizeTests
{
    [Theory]
    [InlineData("", 0)]
    [InlineData("diff --git a/a b/a\n--- a/a\n+++ b/a\n@@ -1 +1 @@\n-x\n+y\n", 2)]
    [InlineData("diff --git a/a b/a\n--- a/a\n+++ b/a\n@@ -1,3 +1,4 @@ def f():\n x\n-y\n+z\n+w\n v\n@@ -9,0 +11 @@\n+u\n", 4)]
    [InlineData("diff --git a/a b/a\nold mode 100644\nnew mode 100755\n", 0)]
    [InlineData("diff --git a/a b/b\nsimilarity index 100%\nrename from a\nrename to b\n", 0)]
    public void Of_Patch_CountsAddedAndRemovedLines(string patch, int lines) => Assert.Equal(lines, PatchSize.Of(patch));

    [Fact]
    public void Of_LinesThatLookLikeHeaders_CountThem() =>
        Assert.Equal(4, PatchSize.Of("diff --git a/q.sql b/q.sql\n--- a/q.sql\n+++ b/q.sql\n@@ -1,3 +1,3 @@\n--- old remark\n-@@ at\n+++ i;\n+diff --git x\n same\n"));

    [Fact]
    public void Of_NoNewlineAtTheEnd_CountsTheLinesAlone() =>
        Assert.Equal(2, PatchSize.Of("diff --git a/a b/a\n--- a/a\n+++ b/a\n@@ -1 +1 @@\n-x\n\\ No newline at end of file\n+y\n\\ No newline at end of file\n"));

    [Fact]
    public void Of_CarriageReturnsWithinLines_AreNoLinesOfTheirOwn() =>
        Assert.Equal(2, PatchSize.Of("--- a/a\n+++ b/a\n@@ -1 +1 @@\n-a\rb\r\n+c\rd\r\n"));

    [Fact]
    public void Of_BinaryData_CountsItsLinesAndThoseOfTheNextFile() =>
        Assert.Equal(5, PatchSize.Of("diff --git a/i.png b/i.png\nindex 1..2\nGIT binary patch\nliteral 3\nKcmZQz\nKcmZQz\n\nliteral 0\nHcmV?d00001\n\ndiff --git a/a b/a\n--- a/a\n+++ b/a\n@@ -1 +1 @@\n-x\n+y\n"));
}
