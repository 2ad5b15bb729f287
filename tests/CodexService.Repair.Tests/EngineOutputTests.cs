using System.Text;
using CodexService.Agent;

namespace CodexService.Repair.Tests;

/// <summary>What comes out of the sandbox is hostile.</summary>
public sealed class EngineOutputTests : IProgress<BrainProgress>
{
    private const string Result = """{"event": "result", "changed": true, "title": "T", "summary": "S", "targets": ["a"], "candidates": 3}""" + "\n";

    private readonly List<BrainProgress> seen = [];

    [Fact]
    public void Append_LinesInPieces_AreJoined()
    {
        var output = new EngineOutput(this, TimeProvider.System);
        foreach (var part in ("""{"event": "progress", "stage": "search", "message": "ünder way", "candidates": 7, "data": {}}""" + "\n" + Result).Chunk(5))
        {
            output.Append(Encoding.UTF8.GetBytes(part));
        }

        Assert.Equal("ünder way", Assert.Single(seen).Message);
        Assert.Equal(7, seen[0].CandidatesTried);
        Assert.Equal(["a"], output.Result!.TargetTests);
        Assert.Equal(3, output.Result.CandidatesTried);
    }

    [Theory]
    [InlineData("nonsense")]
    [InlineData("[]")]
    [InlineData("null")]
    [InlineData("""{"event": 7}""")]
    [InlineData("""{"event": "progress"}""")]
    [InlineData("""{"event": "progress", "stage": "search", "message": "m", "candidates": "many"}""")]
    [InlineData("""{"event": "result", "changed": "yes"}""")]
    [InlineData("""{"event": "result", "changed": true, "title": "T", "summary": "S", "targets": [7], "candidates": 3}""")]
    [InlineData("""{"event": "result", "changed": true, "title": "T", "summary": "S", "targets": ["\ud800"], "candidates": 3}""")]
    public void Append_OtherShapes_AreDropped(string line)
    {
        var output = new EngineOutput(this, TimeProvider.System);

        output.Append(Encoding.UTF8.GetBytes(line + "\n"));

        Assert.Null(output.Result);
        Assert.Null(output.Error);
        output.Append(Encoding.UTF8.GetBytes(Result));
        Assert.NotNull(output.Result);
    }

    [Fact]
    public void Append_EndlessLine_IsDroppedAndTheNextIsRead()
    {
        var output = new EngineOutput(this, TimeProvider.System);
        var chunk = Enumerable.Repeat((byte)'x', 1 << 16).ToArray();
        for (var count = 0; count < 40; count++)
        {
            output.Append(chunk);
        }

        output.Append(Encoding.UTF8.GetBytes("\n" + Result));

        Assert.NotNull(output.Result);
    }

    [Fact]
    public void Append_FloodOfProgress_IsThinnedOut()
    {
        var output = new EngineOutput(this, TimeProvider.System);
        var line = Encoding.UTF8.GetBytes("""{"event": "progress", "stage": "search", "message": "m", "candidates": 1, "data": {}}""" + "\n");
        for (var count = 0; count < 2000; count++)
        {
            output.Append(line);
        }

        Assert.InRange(seen.Count, 1, 200);
    }

    void IProgress<BrainProgress>.Report(BrainProgress value) => seen.Add(value);
}
