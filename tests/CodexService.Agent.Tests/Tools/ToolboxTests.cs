using System.ComponentModel.DataAnnotations;
using System.Text.Json;
using CodexService.Agent.Tools;
using Microsoft.Extensions.AI;

namespace CodexService.Agent.Tests.Tools;

public sealed class ToolboxTests() : ToolTest(new LocalSandboxes())
{
    [Fact]
    public async Task Tools_AreFewAndFlat()
    {
        var toolbox = await ToolboxAsync();

        Assert.Equal(["shell", "view", "search", "edit", "write", "run_tests", "plan", "submit"], toolbox.Tools.Select(tool => tool.Declaration.Name));
        Assert.All(toolbox.Tools, tool =>
        {
            Assert.InRange(tool.Declaration.Description.Length, 20, 200);
            var properties = tool.Declaration.JsonSchema.GetProperty("properties").EnumerateObject().ToList();
            Assert.InRange(properties.Count, 1, 4);
            Assert.All(properties, property => Assert.Contains(property.Value.GetProperty("type").GetString(), new[] { "string", "integer", "boolean" }));
        });
        Assert.Equal(
            """{"type":"object","properties":{"command":{"type":"string","description":"The command."},"timeout_seconds":{"type":"integer","description":"Default 120."}},"required":["command"]}""",
            toolbox.Find("Shell")!.Declaration.JsonSchema.GetRawText());
    }

    [Fact]
    public async Task ReadOnly_HasNothingThatChangesFiles()
    {
        Options.ReadOnly = true;

        Assert.Equal(["shell", "view", "search", "run_tests", "plan", "submit"], (await ToolboxAsync()).Tools.Select(tool => tool.Declaration.Name));
        Assert.False((await CallAsync("shell", """{"command": "touch a"}""")).ChangedFiles);
        Assert.Equal("42", (await CallAsync("submit", """{"title": "Answer", "summary": "42"}""")).Submission!.Summary);
    }

    [Theory]
    [InlineData("shell", "{}", "shell: \"command\" is missing. Call it like this: {\"command\": \"git diff --stat\"}")]
    [InlineData("edit", """{"path": "a", "old": {"x": 1}, "new": "b"}""", "edit: \"old\" must be text (a string). Call it like this: {\"path\": \"src/app.py\"")]
    [InlineData("view", """{"path": "a", "start": "ten"}""", "view: \"start\" must be a whole number. Call")]
    [InlineData("view", """{"name": "a"}""", "view: \"path\" is missing and \"name\" is unknown. Call")]
    [InlineData("edit", """{"path": "a", "old": "x", "new": "y", "all": "maybe"}""", "edit: \"all\" must be true or false. Call")]
    [InlineData("fly", "{}", "There is no tool \"fly\". The tools are: shell, view, search, edit, write, run_tests, plan, submit.")]
    public async Task WrongCall_IsAnsweredWithTheRightForm(string tool, string arguments, string start)
    {
        var outcome = await CallAsync(tool, arguments);

        Assert.True(outcome.IsError);
        Assert.StartsWith(start, outcome.Text, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', outcome.Text);
    }

    [Fact]
    public async Task ClearMeaning_IsUnderstood()
    {
        await PutAsync("a.txt", "1\n2\n3\n");

        Assert.Equal("a.txt, lines 2-2 of 3\n2|2\n(1 more lines: start=3)", (await CallAsync("VIEW", """{"file_path": "a.txt", "start": "2", "lines": 1.0, "find": null}""")).Text);
        Assert.Equal("exit code 0\nok\n(shell has no argument why; ignored)", (await CallAsync("shell", """{"cmd": "echo ok", "why": "to see"}""")).Text);
        Assert.False((await CallAsync("write", """{"path": "b.txt", "content": ["x", "y", ""]}""")).IsError);
        Assert.Equal("x\ny\n", await GetAsync("b.txt"));
        var text = JsonSerializer.SerializeToElement("""{"command": "echo inner"}""");
        Assert.Equal("exit code 0\ninner", (await (await ToolboxAsync()).Find("shell")!.InvokeAsync(text, CancellationToken.None)).Text);
    }

    [Theory]
    [InlineData("[1, 2]")]
    [InlineData("\"no object\"")]
    [InlineData("""{"command": "\ud800"}""")]
    [InlineData("""{"command": "a\u0000b"}""")]
    [InlineData("""{"command": null}""")]
    public async Task Garbage_IsRefusedWithoutAnException(string json)
    {
        using var document = JsonDocument.Parse(json);

        Assert.True((await (await ToolboxAsync()).Find("shell")!.InvokeAsync(document.RootElement, CancellationToken.None)).IsError);
    }

    [Fact]
    public async Task ArgumentsThatWereNoJson_AreAnsweredWithTheRightForm()
    {
        var call = new FunctionCallContent("1", "shell") { Exception = new JsonException("broken") };

        Assert.StartsWith("shell: \"command\" is missing", (await (await ToolboxAsync()).InvokeAsync(call, CancellationToken.None)).Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Plan_IsKeptShort()
    {
        var outcome = await CallAsync("plan", ("text", string.Join('\n', Enumerable.Range(1, 20).Select(i => $"step {i}"))));

        Assert.Equal(12, outcome.Plan!.Split('\n').Length);
        Assert.Contains("8 were left out", outcome.Text, StringComparison.Ordinal);
        Assert.True((await CallAsync("plan", """{"text": " \n"}""")).IsError);
    }

    [Fact]
    public async Task Options_OutOfRange_NameTheKey()
    {
        Options.OutputCharacters = 1;

        var exception = await Assert.ThrowsAsync<ValidationException>(ToolboxAsync);

        Assert.Equal("Agent:Tools:OutputCharacters must be between 500 and 1,000,000.", exception.Message);
    }
}
