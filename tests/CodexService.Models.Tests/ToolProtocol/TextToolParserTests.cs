using System.Text.Json;
using CodexService.Models.ToolProtocol;
using Microsoft.Extensions.AI;

namespace CodexService.Models.Tests.ToolProtocol;

public sealed class TextToolParserTests
{
    private static readonly string[] Forms =
    [
        "<call name=\"edit\">\n<path>a.py</path>\n<old>x < 1 && \"y\"</old>\n<new>\nif a:\n    b\n</new>\n</call>",
        "<call name=\"edit\"><path>a.py</path><old>x < 1 && \"y\"</old><new>if a:\n    b</new></call>",
        "<call name=\"edit\" path=\"a.py\">\n<old>x < 1 && \"y\"</old>\n<new>if a:\n    b</new>",
        "<call name=edit>\n<path>a.py</path>\n<old>x < 1 && \"y\"</old>\n<new>if a:\n    b</new>\n</call>",
        "<edit>\n<path>a.py</path>\n<old>x < 1 && \"y\"</old>\n<new>if a:\n    b</new>\n</edit>",
        "<tool_call>\n{\"name\": \"edit\", \"arguments\": {\"path\": \"a.py\", \"old\": \"x < 1 && \\\"y\\\"\", \"new\": \"if a:\\n    b\"}}\n</tool_call>",
        "<tool_call>{\"name\": \"edit\", \"arguments\": {\"path\": \"a.py\", \"old\": \"x < 1 && \\\"y\\\"\", \"new\": \"if a:\\n    b\"}}",
        "<tool_call>{\"name\": \"edit\", \"arguments\": \"{\\\"path\\\": \\\"a.py\\\", \\\"old\\\": \\\"x < 1 && \\\\\\\"y\\\\\\\"\\\", \\\"new\\\": \\\"if a:\\\\n    b\\\"}\"}</tool_call>",
        "<tool_call>\n<function=edit>\n<parameter=path>\na.py\n</parameter>\n<parameter=old>\nx < 1 && \"y\"\n</parameter>\n<parameter=new>\nif a:\n    b\n</parameter>\n</function>\n</tool_call>",
        "<function=edit><parameter=path>a.py</parameter><parameter=old>x < 1 && \"y\"</parameter><parameter=new>if a:\n    b</parameter></function>",
        "```json\n{\"name\": \"edit\", \"arguments\": {\"path\": \"a.py\", \"old\": \"x < 1 && \\\"y\\\"\", \"new\": \"if a:\\n    b\"}}\n```",
        "```\n{\"name\": \"edit\", \"parameters\": {\"path\": \"a.py\", \"old\": \"x < 1 && \\\"y\\\"\", \"new\": \"if a:\\n    b\"}}\n```",
        "{\"name\": \"edit\", \"parameters\": {\"path\": \"a.py\", \"old\": \"x < 1 && \\\"y\\\"\", \"new\": \"if a:\\n    b\"}}",
        "[TOOL_CALLS][{\"name\": \"edit\", \"arguments\": {\"path\": \"a.py\", \"old\": \"x < 1 && \\\"y\\\"\", \"new\": \"if a:\\n    b\"}}]",
    ];

    public static TheoryData<string> FormsOfOneCall { get; } = [.. Forms];

    [Theory]
    [MemberData(nameof(FormsOfOneCall))]
    public void Parse_EveryKnownForm_IsTheSameCall(string text)
    {
        var parsed = Parse(text);

        var call = Assert.Single(parsed.Calls);
        Assert.Null(call.Exception);
        Assert.Equal("edit", call.Name);
        Assert.Equal(["a.py", "x < 1 && \"y\"", "if a:\n    b"], new[] { "path", "old", "new" }.Select(name => Text(call, name)));
        Assert.Equal("", parsed.Text);
    }

    [Fact]
    public void Parse_TextAroundSeveralCalls_KeepsBoth()
    {
        var parsed = Parse("First I look.\n<call name=\"run_tests\">\n</call>\n<call name=\"run_tests\"/>\nThen more.");

        Assert.Equal(["run_tests", "run_tests"], parsed.Calls.Select(call => call.Name));
        Assert.Equal(2, parsed.Calls.Select(call => call.CallId).Distinct(StringComparer.Ordinal).Count());
        Assert.StartsWith("First I look.", parsed.Text, StringComparison.Ordinal);
        Assert.EndsWith("Then more.", parsed.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void Parse_ValueWithTagsOfItsOwnName_IsTakenWhole()
    {
        var call = Assert.Single(Parse("<call name=\"edit\">\n<path>a.html</path>\n<old><old>1</old> and <call name=\"x\"></old>\n<new>a</new> b</call></new>\n</call>").Calls);

        Assert.Equal("<old>1</old> and <call name=\"x\">", Text(call, "old"));
        Assert.Equal("a</new> b</call>", Text(call, "new"));
    }

    [Fact]
    public void Parse_TypedArguments_AreTyped()
    {
        var call = Assert.Single(Parse("<call name=\"edit\"><path>1</path><old>true</old><new></new><count> 2 </count><all>True</all></call>").Calls);

        Assert.Equal(
            [JsonValueKind.String, JsonValueKind.String, JsonValueKind.String, JsonValueKind.Number, JsonValueKind.True],
            call.Arguments!.Values.Select(value => ((JsonElement)value!).ValueKind));
        Assert.Equal("", Text(call, "new"));
    }

    [Theory]
    [InlineData("<call name=\"edit\"><path>a</path><old>b</old><new>c</new><count>many</count></call>", "count has to be an integer")]
    [InlineData("<call name=\"edit\">\n<path>a</path>\n<old>b\n", "<old> is not closed")]
    [InlineData("<call name=\"edit\">\npath: a.py\n</call>", "path: a.py")]
    [InlineData("<call name=\"edit\">", "ends before its arguments")]
    [InlineData("<tool_call>{\"name\": \"edit\", \"arguments\": {\"path\": </tool_call>", "not valid JSON")]
    [InlineData("<tool_call>edit a.py</tool_call>", "no JSON object")]
    public void Parse_MalformedCall_CarriesTheReasonAndTheRightForm(string text, string reason)
    {
        var call = Assert.Single(Parse(text).Calls);

        var message = Assert.IsType<FormatException>(call.Exception).Message;
        Assert.Contains(reason, message, StringComparison.Ordinal);
        Assert.Contains("<call name=\"edit\"> <path>…</path> <old>…</old> <new>…</new> </call>", message, StringComparison.Ordinal);
        Assert.Equal(2, message.Split('\n').Length);
    }

    [Theory]
    [InlineData("I would call edit now, with path a.py.")]
    [InlineData("```json\n{\"name\": \"codex\", \"version\": 1}\n```")]
    [InlineData("```python\nprint({'name': 'edit'})\n```")]
    [InlineData("Use `<edit>` for that, or <b>bold</b>.")]
    [InlineData("{\"answer\": 42}")]
    [InlineData("")]
    public void Parse_NoCall_LeavesTheText(string text)
    {
        var parsed = Parse(text);

        Assert.Empty(parsed.Calls);
        Assert.Equal(text, parsed.Text);
    }

    [Fact]
    public void Parse_UnknownTool_IsLeftToTheAgent() => Assert.Equal("fly", Assert.Single(Parse("<call name=\"fly\"><to>moon</to></call>").Calls).Name);

    [Fact]
    public void Parse_AnyTruncationOfACall_NeverThrows()
    {
        foreach (var text in Forms)
        {
            for (var length = 0; length <= text.Length; length++)
            {
                Parse(text[..length]);
            }
        }
    }

    [Fact]
    public void Written_AndParsedAgain_IsTheSame()
    {
        var arguments = new Dictionary<string, object?> { ["path"] = "a b.py", ["old"] = "\n\tx\n", ["new"] = "é\r\n\"'\\ </tool_call>", ["count"] = 3, ["all"] = false };

        var call = Assert.Single(Parse(TextToolPrompt.Write(new FunctionCallContent("1", "edit", arguments))).Calls);

        Assert.Equal(arguments.Select(pair => pair.Value!.ToString()), call.Arguments!.Values.Select(value => value!.ToString()));
    }

    private static string? Text(FunctionCallContent call, string name) => ((JsonElement)call.Arguments![name]!).GetString();

    private static ParsedText Parse(string text) => new TextToolParser(SampleTool.All).Parse(text);
}
