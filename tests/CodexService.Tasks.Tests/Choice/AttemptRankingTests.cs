using CodexService.Tasks.Choice;

namespace CodexService.Tasks.Tests.Choice;

public sealed class AttemptRankingTests
{
    private static readonly RankedAttempt Plain = new(5, TestsPassed: 14, Regressions: 0, StillFailing: 1, PatchLines: 10);

    [Fact]
    public void Rank_MoreTestsPass_ComesFirstWhateverElse() =>
        AssertFirst(Plain with { Number = 9, TestsPassed = 15, Regressions = 2, StillFailing = 3, PatchLines = 900 });

    [Fact]
    public void Rank_FewerRegressions_ComeBeforeFailuresAndSize() =>
        AssertFirst(Plain with { Number = 9, StillFailing = 3, PatchLines = 900 }, Plain with { Regressions = 1 });

    [Fact]
    public void Rank_FewerStillFailing_ComeBeforeSize() => AssertFirst(Plain with { Number = 9, StillFailing = 0, PatchLines = 900 });

    [Fact]
    public void Rank_SmallerPatch_ComesBeforeNumber() => AssertFirst(Plain with { Number = 9, PatchLines = 9 });

    [Fact]
    public void Rank_AllEqual_TheEarlierAttemptComesFirst() => AssertFirst(Plain with { Number = 4 });

    [Fact]
    public void Rank_AnyOrder_GivesTheSame()
    {
        RankedAttempt[] best = [new(3, 15, 0, 0, 80), new(6, 14, 0, 0, 6), new(2, 14, 0, 0, 7), new(7, 14, 0, 0, 7), new(1, 14, 0, 2, 1), new(4, 14, 1, 0, 1), new(5, 0, 0, 0, int.MaxValue)];
        for (var seed = 0; seed < 50; seed++)
        {
            var shuffled = best.ToArray();
            new Random(seed).Shuffle(shuffled);
            Assert.Equal(best, AttemptRanking.Rank(shuffled));
        }
    }

    [Fact]
    public void Rank_Nobody_IsEmpty() => Assert.Empty(AttemptRanking.Rank(Array.Empty<RankedAttempt>()));

    [Fact]
    public void Describe_EachReason_SaysItInOneLine()
    {
        var three = new RankedAttempt(3, 14, 0, 0, 6);
        Assert.Equal("attempt 3 of 4: 14 tests pass, none broken, the only verified patch (6 lines)", AttemptRanking.Describe([three], 4));
        Assert.Equal("attempt 3 of 4: 14 tests pass, none broken, smallest patch (6 lines)", AttemptRanking.Describe([three, three with { Number = 1, PatchLines = 7 }], 4));
        Assert.Equal("attempt 3 of 4: 14 tests pass, none broken, most tests of all", AttemptRanking.Describe([three, three with { Number = 1, TestsPassed = 13 }], 4));
        Assert.Equal("attempt 3 of 4: 14 tests pass, none broken, fewest broken of all", AttemptRanking.Describe([three, three with { Number = 1, Regressions = 1 }], 4));
        Assert.Equal("attempt 3 of 4: 14 tests pass, none broken, fewest still failing of all", AttemptRanking.Describe([three, three with { Number = 1, StillFailing = 1 }], 4));
        Assert.Equal("attempt 3 of 4: 14 tests pass, none broken, as good as attempt 4, and earlier (6 lines)", AttemptRanking.Describe([three, three with { Number = 4 }], 4));
        Assert.Equal(
            "attempt 2 of 2: 1 test passes, 2 broken, 3 still failing, the only verified patch (1 line)",
            AttemptRanking.Describe([new RankedAttempt(2, 1, 2, 3, 1)], 2));
        Assert.Equal("attempt 2 of 2: 0 tests pass, none broken, the only verified patch", AttemptRanking.Describe([new RankedAttempt(2, 0, 0, 0, int.MaxValue)], 2));
    }

    private static void AssertFirst(RankedAttempt best, RankedAttempt? other = null)
    {
        Assert.Equal(best, AttemptRanking.Rank([other ?? Plain, best])[0]);
        Assert.Equal(best, AttemptRanking.Rank([best, other ?? Plain])[0]);
    }
}
