namespace CodexService.Agent.Tests.Tools;

public abstract class ReadingToolTests(ToolSandboxes sandboxes) : ToolTest(sandboxes)
{
    [Fact]
    public async Task View_File_ShowsNumberedLinesAndHowManyThereAre()
    {
        await PutAsync("a.txt", string.Concat(Enumerable.Range(1, 250).Select(i => $"line {i}\n")));

        var first = (await CallAsync("view", """{"path": "a.txt", "lines": 500}""")).Text;
        Assert.StartsWith("a.txt, lines 1-100 of 250\n  1|line 1\n", first, StringComparison.Ordinal);
        Assert.EndsWith("\n100|line 100\n(150 more lines: start=101)", first, StringComparison.Ordinal);
        Assert.Equal("a.txt, lines 249-250 of 250\n249|line 249\n250|line 250", (await CallAsync("view", """{"path": "./a.txt", "start": 249}""")).Text);
        Assert.Contains("start 251 is past its end", (await CallAsync("view", """{"path": "a.txt", "start": 251}""")).Text, StringComparison.Ordinal);
        Assert.Contains("line 7", (await CallAsync("view", ("path", $"{Sandbox.Workspace}/a.txt"))).Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task View_Find_ShowsMatchesWithContext()
    {
        await PutAsync("a.txt", string.Concat(Enumerable.Range(1, 50).Select(i => i is 10 or 40 ? "Needle\n" : $"{i}\n")));

        Assert.Equal(
            "a.txt, 2 of 50 lines match (ignoring case): 10, 40\n 7|7\n 8|8\n 9|9\n10|Needle\n11|11\n12|12\n13|13\n…\n37|37\n38|38\n39|39\n40|Needle\n41|41\n42|42\n43|43",
            (await CallAsync("view", """{"path": "a.txt", "find": "needle"}""")).Text);
        Assert.Contains("is not in a.txt", (await CallAsync("view", """{"path": "a.txt", "find": "other"}""")).Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task View_LongLineBinaryFolderAndMissing_AreSaid()
    {
        await PutAsync("src/long.txt", new string('x', 2000) + "\n");
        await PutAsync("src/image.png", [0x89, 0, 1, 2]);
        await CommitAsync();

        Assert.EndsWith("x … 1,500 more characters", (await CallAsync("view", """{"path": "src/long.txt"}""")).Text, StringComparison.Ordinal);
        Assert.Contains("is binary (4 bytes)", (await CallAsync("view", """{"path": "src/image.png"}""")).Text, StringComparison.Ordinal);
        Assert.Equal("./, 1 entries\nsrc/\n  image.png (4 bytes)\n  long.txt (2,001 bytes)", (await CallAsync("view", """{"path": "."}""")).Text);
        var missing = await CallAsync("view", """{"path": "lib/long.txt"}""");
        Assert.True(missing.IsError);
        Assert.Contains("Did you mean: src/long.txt?", missing.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task View_HiddenCharacters_AreStrippedAndSaid()
    {
        await PutAsync("a.md", "see\u200b\u202e this\U000E0041\u001b[31m 👨\u200d👩 ❤️\n");

        Assert.Equal($"a.md, lines 1-1 of 1\n1|see this 👨\u200d👩 ❤️\n(hidden characters were removed from this text)", (await CallAsync("view", """{"path": "a.md"}""")).Text);
    }

    [Fact]
    public async Task Search_Text_IsGroupedByFileAndIgnoresWhatGitIgnores()
    {
        await PutAsync("b/two.py", "x = needle(1)\ny = 2\nz = needle(3)\n");
        await PutAsync("a.py", "needle(0)\n");
        await PutAsync("build/out.py", "needle(9)\n");
        await PutAsync(".gitignore", "build/\n");
        await PutAsync("name\nwith newline", "needle(7)\n");
        await CommitAsync();

        var outcome = await CallAsync("search", """{"pattern": "needle("}""");
        Assert.Equal(
            "4 lines in 3 files for \"needle(\"\na.py\n     1|needle(0)\nb/two.py\n     1|x = needle(1)\n     3|z = needle(3)\nname\\nwith newline\n     1|needle(7)",
            outcome.Text);
        Assert.StartsWith("2 lines in 1 file for \"needle\" in b\n", (await CallAsync("search", """{"pattern": "needle", "path": "b"}""")).Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Search_WithoutHits_SaysWhatMayBeMeant()
    {
        await PutAsync("a.py", "def Load_Config():\n    return 12\n");
        await CommitAsync();

        Assert.Contains("ignoring case:\na.py\n     1|def Load_Config", (await CallAsync("search", """{"pattern": "load_config"}""")).Text, StringComparison.Ordinal);
        Assert.Contains("(as a regular expression)\na.py\n     2|", (await CallAsync("search", """{"pattern": "return [0-9]+|raise"}""")).Text, StringComparison.Ordinal);
        Assert.StartsWith("Nothing found for \"zzz\"", (await CallAsync("search", """{"pattern": "zzz"}""")).Text, StringComparison.Ordinal);
        var broken = await CallAsync("search", """{"pattern": "a(", "regex": true}""");
        Assert.True(broken.IsError);
        Assert.StartsWith("pattern is not a valid regular expression", broken.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Search_ManyHits_AreBounded()
    {
        Options.SearchLines = 3;
        await PutAsync("a.txt", string.Concat(Enumerable.Repeat("x\n", 10)));
        await CommitAsync();

        var text = (await CallAsync("search", """{"pattern": "x"}""")).Text;
        Assert.StartsWith("10 lines in 1 file", text, StringComparison.Ordinal);
        Assert.EndsWith("     3|x\n(7 more lines left out; narrow it with path or a longer pattern)", text, StringComparison.Ordinal);
    }
}

public sealed class LocalReadingToolTests() : ReadingToolTests(new LocalSandboxes());

public sealed class DockerReadingToolTests() : ReadingToolTests(new DockerSandboxes());
