using CodexService.Models.Configuration;
using CodexService.Models.Counting;
using CodexService.Models.Tests.Calling;
using CodexService.Testing;
using CodexService.Testing.ScriptedModels;
using static CodexService.Models.Tests.Calling.CallerFixture;

namespace CodexService.Models.Tests.Counting;

public sealed class TokenCounterTests
{
    private static readonly string Code = string.Concat(Enumerable.Repeat("if (value > limit) { return value; }\n", 20));

    [Fact]
    public async Task Count_NoTokenizer_IsAnEstimateCorrectedByWhatWasReported()
    {
        await using var server = await ScriptedModelServer.StartAsync(request => ScriptedTurn.Say("ok") with { Usage = new((int)(request.LastText.Length / 3.6 * 1.5), 0, 1) });
        using var models = For(server);
        var before = models.Caller.CountTokens(Code);

        await models.Caller.AskAsync(Ask(new string('x', 36_000)), default);

        Assert.Equal((int)Math.Ceiling(Code.Length / 3.6), before);
        Assert.InRange(models.Caller.CountTokens(Code), before * 1.45, before * 1.55);
    }

    [Theory]
    [InlineData(1, 0.5)]
    [InlineData(1_000_000, 2.0)]
    public void Learn_AbsurdReport_IsClamped(long reported, double factor)
    {
        using var counter = new TokenCounter(Nobody, null, TimeProvider.System);

        counter.Learn(1000, reported);

        Assert.Equal((int)(1000 * factor), counter.Corrected(1000));
    }

    [Fact]
    public void Count_OtherScripts_CountMoreThanAscii()
    {
        using var counter = new TokenCounter(Nobody, null, TimeProvider.System);

        Assert.Equal(0, counter.Count(""));
        Assert.True(counter.Count(new string('漢', 100)) > 2 * counter.Count(new string('a', 100)));
    }

    [Fact]
    public void Count_DoesNotAllocate()
    {
        using var counter = new TokenCounter(Nobody, null, TimeProvider.System);
        var text = new string('a', 100_000) + "é";
        counter.Count(text);
        var before = GC.GetAllocatedBytesForCurrentThread();

        for (var i = 0; i < 100; i++)
        {
            counter.Count(text);
        }

        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1024);
    }

    [Fact]
    public async Task Count_EndpointHasATokenizer_BecomesExact()
    {
        await using var server = await ScriptedModelServer.StartAsync(new ScriptedModelOptions { Tokenizer = text => text.Split(' ').Length });
        using var models = new CallerFixture(Options(Model(server)), new TestClock());
        models.Caller.CountTokens(Code);

        await models.Catalog.Endpoint("default").CountsSettled.WaitAsync(TimeSpan.FromMinutes(1));

        Assert.Equal(Code.Split(' ').Length, models.Caller.CountTokens(Code));
    }

    private static ModelOptions Nobody { get; } = new() { Name = "default", Url = new Uri("http://127.0.0.1:1/v1"), Model = "m" };
}
