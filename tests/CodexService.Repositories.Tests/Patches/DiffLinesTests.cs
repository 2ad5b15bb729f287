using CodexService.Repositories.Patches;

namespace CodexService.Repositories.Tests.Patches;

public sealed class DiffLinesTests
{
    private static readonly DiffLines Diff = DiffLines.Read(
        """
        diff --git a/app.py b/app.py
        index 1111111..2222222 100644
        --- a/app.py
        +++ b/app.py
        @@ -1,3 +1,3 @@
         import os
        --- x
        +-- y
         end
        @@ -20,2 +20,3 @@ def late():
         a
        +b
         c
        \ No newline at end of file
        diff --git a/with space.md b/with space.md
        new file mode 100644
        --- /dev/null
        +++ b/with space.md	
        @@ -0,0 +1 @@
        +# Title
        diff --git "a/\303\274.py" "b/\303\274.py"
        deleted file mode 100644
        --- "a/\303\274.py"
        +++ /dev/null
        @@ -1,2 +0,0 @@
        -one
        -two

        """.ReplaceLineEndings("\n"));

    [Theory]
    [InlineData("app.py", false, 1, 1, " import os")]
    [InlineData("app.py", false, 2, 2, " import os\n--- x\n+-- y")]
    [InlineData("app.py", true, 2, 2, " import os\n--- x")]
    [InlineData("app.py", false, 1, 3, " import os\n--- x\n+-- y\n end")]
    [InlineData("app.py", false, 22, 22, " a\n+b\n c")]
    [InlineData("app.py", true, 21, 21, " a\n+b\n c")]
    [InlineData("with space.md", false, 1, 1, "+# Title")]
    [InlineData("ü.py", true, 1, 2, "-one\n-two")]
    public void HunkThrough_LineOfTheDiff_IsTheHunkUpToIt(string path, bool before, int first, int last, string expected) =>
        Assert.Equal(expected, Diff.HunkThrough(path, before, first, last));

    [Theory]
    [InlineData("app.py", false, 4, 4)]
    [InlineData("app.py", false, 3, 20)]
    [InlineData("app.py", false, 0, 0)]
    [InlineData("ü.py", false, 1, 1)]
    [InlineData("other.py", false, 1, 1)]
    public void HunkThrough_NotInOneHunk_IsNull(string path, bool before, int first, int last) => Assert.Null(Diff.HunkThrough(path, before, first, last));

    [Theory]
    [InlineData("app.py", false, 2)]
    [InlineData("app.py", true, 2)]
    [InlineData("with space.md", false, 1)]
    [InlineData("with space.md", true, 1)]
    [InlineData("ü.py", true, 1)]
    [InlineData("ü.py", false, 1)]
    [InlineData("other.py", false, null)]
    public void FirstChange_OfAFile_IsItsFirstChangedLine(string path, bool before, int? expected) => Assert.Equal(expected, Diff.FirstChange(path, before));

    [Fact]
    public void Has_FilesOfThePatchAlone() =>
        Assert.Equal([true, true, true, false, false], new[] { "app.py", "with space.md", "ü.py", "x", "/dev/null" }.Select(Diff.Has));
}
