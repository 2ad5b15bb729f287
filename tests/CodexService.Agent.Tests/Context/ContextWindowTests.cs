using CodexService.Agent.Context;
using Microsoft.Extensions.AI;

namespace CodexService.Agent.Tests.Context;

public sealed class ContextWindowTests
{
    private const int Budget = 2000;

    private readonly ContextWindow window;
    private int counted;

    public ContextWindowTests()
    {
        window = new ContextWindow(
            text =>
            {
                counted++;
                return (text.Length + 3) / 4;
            },
            Budget);
        window.AppendHead(new ChatMessage(ChatRole.System, "system"));
        window.AppendHead(new ChatMessage(ChatRole.User, "the task"));
    }

    [Fact]
    public void WithinTheBudget_NothingIsMasked()
    {
        Turn(1, Lines(20));

        Assert.False(window.Fit());
        Assert.False(window.NeedsState);
        Assert.Contains(Lines(20), Texts());
    }

    [Fact]
    public void AboveTheBudget_OldestResultsAreMaskedWithOneLine_AndTheNewestStayWhole()
    {
        FillUntilMasked();

        Assert.Equal("[result of view f1.py, 20 lines, masked; call again if needed]", Texts().First(text => text.StartsWith("[result", StringComparison.Ordinal)));
        Assert.True(window.NeedsState);
        Assert.All(Texts().TakeLast(3), text => Assert.Equal(Lines(20), text));
        Assert.Equal(["system", "the task"], window.Messages().Take(2).Select(message => message.Text));
    }

    [Fact]
    public void Masking_MakesRoomForManyTurns_InWhichThePrefixIsStable()
    {
        var turn = FillUntilMasked();
        var prefix = window.Messages();

        var stable = 0;
        while (!Append(++turn, Lines(20)))
        {
            stable++;
            Assert.Equal(prefix, window.Messages().Take(prefix.Count));
        }

        Assert.True(stable >= 3, $"masked again after {stable} turns");
    }

    [Fact]
    public void StateBlock_TakesThePlaceOfTheOlderOne()
    {
        var turn = FillUntilMasked();
        var before = window.Tokens;
        window.AppendState(turn + 1, "the state");
        Assert.False(window.NeedsState);
        window.AppendState(turn + 2, "a newer one");

        Assert.DoesNotContain(window.Messages(), message => message.Text == "the state");
        Assert.Equal("a newer one", window.Messages()[^1].Text);
        Assert.Equal(before + 4 + 3, window.Tokens);
    }

    [Fact]
    public void LongArguments_OfOldCalls_AreShortened_WhenMaskingIsNotEnough()
    {
        for (var turn = 1; turn <= 6; turn++)
        {
            Append(turn, "Wrote.", new string('c', 1800));
        }

        Assert.True(window.Tokens <= Budget);
        var contents = window.Messages().SelectMany(message => message.Contents).OfType<FunctionCallContent>().Select(call => (string)call.Arguments!["content"]!).ToList();
        Assert.Equal("[1800 characters, masked]", contents[0]);
        Assert.Equal(1800, contents[^1].Length);
    }

    [Fact]
    public void ManySmallTurns_LeaveTheOldestOut_AndSaySoOnce()
    {
        for (var turn = 1; turn <= 200; turn++)
        {
            Append(turn, "ok");
            Assert.True(window.Tokens <= Budget);
        }

        Assert.Matches(@"^the task\n\n\[turns 1 to \d+ are left out to save space\]$", window.Messages()[1].Text);
        var calls = window.Messages().SelectMany(message => message.Contents).OfType<FunctionCallContent>().Select(call => call.CallId);
        var results = window.Messages().SelectMany(message => message.Contents).OfType<FunctionResultContent>().Select(result => result.CallId);
        Assert.Equal(calls, results);
    }

    [Fact]
    public void NewestResultLargerThanTheBudget_IsCutInTheMiddle_AndItIsSaid()
    {
        Append(1, $"start{new string('x', 40_000)}end");

        Assert.True(window.Tokens <= Budget);
        Assert.StartsWith("startx", Texts()[^1], StringComparison.Ordinal);
        Assert.EndsWith("xend", Texts()[^1], StringComparison.Ordinal);
        Assert.Contains("characters cut to save space", Texts()[^1], StringComparison.Ordinal);
    }

    [Fact]
    public void NewestAnswerLargerThanTheBudget_IsCut_InTextAndArguments()
    {
        var call = new FunctionCallContent("c1", "write", new Dictionary<string, object?>(StringComparer.Ordinal) { ["path"] = "a.py", ["content"] = new string('c', 1_000_000) });
        window.AppendAnswer(1, new ChatMessage(ChatRole.Assistant, [new TextContent(new string('t', 10_000_000)), call]));
        window.AppendResult(1, call, "Wrote a.py.");

        Assert.True(window.Fit());

        Assert.True(window.Tokens <= Budget);
        Assert.Equal(1_000_000, ((string)call.Arguments!["content"]!).Length);
        Assert.Equal("Wrote a.py.", Texts()[^1]);
    }

    [Fact]
    public void NothingLeftToMask_IsNoMasking()
    {
        window.AppendNote(1, new string('n', 20_000));

        Assert.False(window.Fit());
    }

    [Fact]
    public void Tokens_AreCountedOncePerMessage_AndAddUp()
    {
        for (var turn = 1; turn <= 10; turn++)
        {
            Turn(turn, "ok");
        }

        Assert.Equal(2 + (10 * 2), counted);
        Assert.Equal(window.Messages().Count * 4, window.Tokens - window.Messages().SelectMany(message => message.Contents).Sum(content => content switch
        {
            TextContent text => (text.Text.Length + 3) / 4,
            FunctionResultContent result => (((string)result.Result!).Length + 3) / 4,
            FunctionCallContent call => (CallText.Signature(call).Length + 3) / 4,
            _ => 0,
        }));
    }

    private int FillUntilMasked()
    {
        var turn = 0;
        while (!Append(++turn, Lines(20)))
        {
            Assert.True(turn < 100, "nothing was ever masked");
        }

        return turn;
    }

    private bool Append(int turn, string result, string content = "")
    {
        Turn(turn, result, content);
        return window.Fit();
    }

    private void Turn(int turn, string result, string content = "")
    {
        var call = new FunctionCallContent($"c{turn}", "view", new Dictionary<string, object?>(StringComparer.Ordinal) { ["path"] = $"f{turn}.py", ["content"] = content });
        window.AppendAnswer(turn, new ChatMessage(ChatRole.Assistant, [call]));
        window.AppendResult(turn, call, result);
    }

    private List<string> Texts() => [.. window.Messages().SelectMany(message => message.Contents).OfType<FunctionResultContent>().Select(content => (string)content.Result!)];

    private static string Lines(int count) => string.Concat(Enumerable.Range(1, count).Select(i => $"{i}: some text\n"));
}
