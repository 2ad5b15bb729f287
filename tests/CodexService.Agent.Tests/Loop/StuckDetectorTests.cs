using CodexService.Agent.Journal;
using CodexService.Agent.Loop;
using CodexService.Agent.Tools;
using Microsoft.Extensions.AI;

namespace CodexService.Agent.Tests.Loop;

public sealed class StuckDetectorTests
{
    private readonly StuckDetector detector = new();
    private int number;

    [Fact]
    public void SameCallWithTheSameResult_FourTimes_IsStuck()
    {
        Assert.All(Enumerable.Range(0, 3), _ => Assert.Null(See("view a", "text").Reason));
        Assert.Equal(new StuckVerdict("the same call with the same result 4 times: view a", Ends: false), See("view a", "text"));
    }

    [Fact]
    public void SameCall_WithDifferentResults_IsNot()
    {
        Assert.All(Enumerable.Range(0, 10), i => Assert.Null(See("view a", $"text {i}").Reason));
    }

    [Fact]
    public void SameResult_ThatOnlyTookLonger_IsStuck()
    {
        var verdicts = Enumerable.Range(1, 4).Select(i => See("run_tests", $"1 failed in 0.{i}2s")).ToList();

        Assert.NotNull(verdicts[^1].Reason);
    }

    [Fact]
    public void Waiting_WithChangingOutput_IsNotStuck_WithTheSameItIs()
    {
        Assert.All(Enumerable.Range(1, 8), i => Assert.Null(See("shell build", $"building for {i} s", waited: true).Reason));
        var verdicts = Enumerable.Range(1, 4).Select(_ => See("shell build", "nothing", waited: true)).ToList();
        Assert.NotNull(verdicts[^1].Reason);
    }

    [Fact]
    public void TwoCallsInTurn_ThreeTimes_AreStuck()
    {
        var verdicts = Enumerable.Range(0, 6).Select(i => i % 2 == 0 ? See("view a", "A") : See("view b", "B")).ToList();

        Assert.All(verdicts.SkipLast(1), verdict => Assert.Null(verdict.Reason));
        Assert.Equal("two calls in turn with the same results 3 times: view a, view b", verdicts[^1].Reason);
    }

    [Fact]
    public void TwoCallsInOneTurn_AreSeenToo()
    {
        var verdicts = Enumerable.Range(0, 3).Select(_ => See(("view a", "A"), ("view b", "B"))).ToList();

        Assert.NotNull(verdicts[^1].Reason);
    }

    [Fact]
    public void Circle_AfterItsNudge_Ends_ButNotLongAfter()
    {
        for (var i = 0; i < 3; i++)
        {
            See("view a", "text");
        }

        Assert.False(See("view a", "text").Ends);
        Assert.True(See("view a", "text").Ends);
        for (var i = 0; i < 10; i++)
        {
            See($"view {i}", "text");
        }

        var later = Enumerable.Range(0, 4).Select(_ => See("view b", "text")).ToList()[^1];
        Assert.Equal((true, false), (later.Reason is not null, later.Ends));
    }

    [Fact]
    public void AnswersWithoutCalls_EndAfterThree_UnlessACallIsBetween()
    {
        Assert.Null(See().Reason);
        Assert.Null(See().Reason);
        Assert.Null(See("view a", "text").Reason);
        Assert.Null(See().Reason);
        Assert.Null(See().Reason);
        Assert.Equal(new StuckVerdict("3 answers in a row without a tool call", Ends: true), See());
    }

    [Fact]
    public void UnreadableCalls_EndAfterFour_UnlessAReadableOneIsBetween()
    {
        Assert.All(Enumerable.Range(0, 3), i => Assert.Null(Garble(i).Reason));
        Assert.Null(See("view a", "text").Reason);
        Assert.All(Enumerable.Range(3, 3), i => Assert.Null(Garble(i).Reason));
        Assert.Equal(new StuckVerdict("4 tool calls in a row could not be read", Ends: true), Garble(6));
    }

    private StuckVerdict Garble(int i) => Observe([("edit", $"correction {i}")], unreadable: true, waited: false);

    private StuckVerdict See(string call, string result, bool waited = false) => Observe([(call, result)], unreadable: false, waited);

    private StuckVerdict See(params (string Call, string Result)[] calls) => Observe(calls, unreadable: false, waited: false);

    private StuckVerdict Observe((string Call, string Result)[] calls, bool unreadable, bool waited)
    {
        number++;
        var made = calls.Select((call, i) => new FunctionCallContent(
            $"{number}.{i}",
            call.Call.Split(' ')[0],
            call.Call.Split(' ') is [_, var path] ? new Dictionary<string, object?>(StringComparer.Ordinal) { ["path"] = path } : null)).ToList();
        return detector.Observe(new TurnRecord(number)
        {
            Answer = new ChatMessage(ChatRole.Assistant, [.. made]),
            Unreadable = unreadable ? made.ToDictionary(call => call.CallId, _ => "reason", StringComparer.Ordinal) : new Dictionary<string, string>(StringComparer.Ordinal),
            Results = [.. made.Zip(calls, (call, said) => new TurnResult(call.CallId, new ToolOutcome(said.Result) { Waited = waited }))],
        });
    }
}
