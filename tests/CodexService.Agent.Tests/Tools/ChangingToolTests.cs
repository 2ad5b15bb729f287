namespace CodexService.Agent.Tests.Tools;

public abstract class ChangingToolTests(ToolSandboxes sandboxes) : ToolTest(sandboxes)
{
    [Fact]
    public async Task Edit_NotFound_ShowsTheNearestTextAndWhatDiffers()
    {
        await PutAsync("a.py", "import os\n\n\ndef load(path):\n    timeout = 30\n    return path\n");

        var outcome = await CallAsync("edit", """{"path": "a.py", "old": "def load(path):\n    timeout = 60\n    return path", "new": "x"}""");

        Assert.Equal(
            "old is not in the file. The nearest text is:\n4|def load(path):\n5|    timeout = 30\n6|    return path\nLine 5 is `timeout = 30`, but old has `timeout = 60`",
            outcome.Text);
    }

    [Fact]
    public async Task Edit_FoundTwice_NamesTheLines()
    {
        await PutAsync("a.txt", "x\ny\nx\n");

        Assert.StartsWith("old is found 2 times, at lines 1, 3. Add lines", (await CallAsync("edit", """{"path": "a.txt", "old": "x", "new": "z"}""")).Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Edit_Applied_ShowsTheNewLines()
    {
        await PutAsync("a.txt", "1\n2\n3\n4\n5\n6\n");

        var outcome = await CallAsync("edit", """{"path": "a.txt", "old": "4\n", "new": "four\nfour and a half\n"}""");

        Assert.Equal("Edited a.txt at line 4\n2|2\n3|3\n4|four\n5|four and a half\n6|5\n7|6", outcome.Text);
        Assert.Equal("Edited a.txt at line 4", outcome.Line);
    }

    [Fact]
    public async Task Edit_OnAFileThatIsNotThere_CreatesItOnlyWithEmptyOld()
    {
        Assert.Contains("new/a.py does not exist", (await CallAsync("edit", """{"path": "new/a.py", "old": "x", "new": "y"}""")).Text, StringComparison.Ordinal);
        Assert.StartsWith("Created new/a.py", (await CallAsync("edit", """{"path": "new/a.py", "old": "", "new": "y = 1\n"}""")).Text, StringComparison.Ordinal);
        Assert.Equal("y = 1\n", await GetAsync("new/a.py"));
    }

    [Fact]
    public async Task Write_ExistingFile_KeepsLineEndsModeAndMark()
    {
        await PutAsync("a.sh", "\ufeffecho a\r\necho b\r\n");
        await RunAsync("chmod 750 a.sh");

        var outcome = await CallAsync("write", """{"path": "a.sh", "content": "echo c\necho d\necho e\n"}""");

        Assert.Equal("Wrote a.sh (3 lines, before 2)", outcome.Text);
        Assert.Equal("\ufeffecho c\r\necho d\r\necho e\r\n", await GetAsync("a.sh"));
        Assert.Equal("750\n", await RunAsync("stat -c %a a.sh"));
        Assert.False((await CallAsync("write", """{"path": "a.sh", "content": "echo c\necho d\necho e\n"}""")).ChangedFiles);
    }

    [Fact]
    public async Task Edit_TwiceWithinASecond_PythonRunsTheNewText()
    {
        await PutAsync("a.py", "text = 'a'\n");
        foreach (var (old, changed) in new[] { ("'a'", "'b'"), ("'b'", "'c'"), ("'c'", "'d'"), ("'d'", "'e'") })
        {
            Assert.True((await CallAsync("edit", ("path", "a.py"), ("old", old), ("new", changed))).ChangedFiles);
            Assert.Equal($"{changed.Trim('\'')}\n", await RunAsync("python3 -c 'import a; print(a.text)'"));
        }
    }

    [Fact]
    public async Task Write_WithTextLeftOut_IsRefused()
    {
        await PutAsync("a.py", "a = 1\nb = 2\n");

        var outcome = await CallAsync("write", """{"path": "a.py", "content": "a = 3\n# ... rest of the file unchanged\n"}""");

        Assert.True(outcome.IsError);
        Assert.Contains("content leaves text out", outcome.Text, StringComparison.Ordinal);
        Assert.Equal("a = 1\nb = 2\n", await GetAsync("a.py"));
    }

    [Theory]
    [InlineData("a.py", "x = (1)\n", "x = (1\n", "line 1: '(' was never closed\n1|x = (1")]
    [InlineData("a.json", "{\"a\": 1}\n", "{\"a\": }\n", "line 1: Expecting value")]
    [InlineData("a.js", "const a = 1;\n", "const a = ;\n", "line 1: SyntaxError: Unexpected token ';'")]
    [InlineData("a.mjs", "export const a = 1;\n", "export const a = ;\n", "line 1: SyntaxError")]
    [InlineData("module.js", "import a from 'a';\nawait a;\n", "import a from 'a';\nawait ;\n", "line 2: SyntaxError")]
    public async Task Change_ThatBreaksTheSyntax_IsNotApplied(string path, string before, string after, string message)
    {
        await PutAsync(path, before);

        var outcome = await CallAsync("write", ("path", path), ("content", after));

        Assert.True(outcome.IsError);
        Assert.StartsWith($"{path} would no longer parse, so nothing was changed: ", outcome.Text, StringComparison.Ordinal);
        Assert.Contains(message, outcome.Text, StringComparison.Ordinal);
        Assert.Equal(before, await GetAsync(path));
    }

    [Fact]
    public async Task Change_OfAFileThatDidNotParse_IsAppliedAndSaid()
    {
        await PutAsync("a.py", "def f(:\n    return 1\n");

        var outcome = await CallAsync("edit", """{"path": "a.py", "old": "return 1", "new": "return 2"}""");

        Assert.False(outcome.IsError);
        Assert.Contains("It still does not parse: line 1:", outcome.Text, StringComparison.Ordinal);
        Assert.StartsWith("Edited", (await CallAsync("edit", """{"path": "a.py", "old": "f(:", "new": "f():"}""")).Text, StringComparison.Ordinal);
        Assert.Contains("It does not parse: line 1:", (await CallAsync("write", """{"path": "new.py", "content": "x = (\n"}""")).Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Change_OfTypeScript_IsCheckedByTheCompilerOfTheTree()
    {
        // A stand-in for the compiler: it finds what holds "@@" wrong.
        await PutAsync("node_modules/typescript/lib/typescript.js", """
            exports.transpileModule = (text) => ({ diagnostics: text.includes("@@") ? [{ category: 1, code: 1005, start: text.indexOf("@@"), messageText: "';' expected." }] : [] });
            exports.flattenDiagnosticMessageText = (text) => text;
            """);
        await PutAsync("src/a.ts", "let a: number = 1;\n");

        var outcome = await CallAsync("edit", """{"path": "src/a.ts", "old": "1;", "new": "1;\n@@"}""");

        Assert.Contains("nothing was changed: line 2: ';' expected.\n1|let a: number = 1;\n2|@@", outcome.Text, StringComparison.Ordinal);
        Assert.False((await CallAsync("edit", """{"path": "src/a.ts", "old": "1;", "new": "2;"}""")).IsError);
    }
}

public sealed class LocalChangingToolTests() : ChangingToolTests(new LocalSandboxes())
{
    // The product's image has no .NET; the machine that builds this has.
    [Fact]
    public async Task Change_OfCSharp_IsParsedAndNoMore()
    {
        await PutAsync("a.cs", "using Unknown;\nclass A : Missing { int F() => 1; }\n");

        Assert.Contains("nothing was changed: line 2: CS1002", (await CallAsync("edit", """{"path": "a.cs", "old": "1;", "new": "1"}""")).Text, StringComparison.Ordinal);
        Assert.Equal("Edited a.cs at line 2", (await CallAsync("edit", """{"path": "a.cs", "old": "1;", "new": "new Other();"}""")).Line);
    }
}

public sealed class DockerChangingToolTests() : ChangingToolTests(new DockerSandboxes());
