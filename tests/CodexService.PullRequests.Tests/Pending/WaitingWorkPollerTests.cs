using System.Threading.Channels;
using CodexService.GitHub;
using CodexService.PullRequests.Pending;
using CodexService.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace CodexService.PullRequests.Tests.Pending;

/// <summary>The loop that all pollers share.</summary>
public sealed class WaitingWorkPollerTests : IDisposable
{
    private readonly TestClock clock = new();
    private readonly RecordingPoller poller;

    public WaitingWorkPollerTests() => poller = new RecordingPoller(clock);

    public void Dispose() => poller.Dispose();

    [Fact]
    public async Task LookAsync_OneFails_RestsWithGrowingPausesAndHoldsUpNoOther()
    {
        poller.Failures["a"] = new InvalidOperationException("broken");
        var tries = new List<DateTimeOffset>();
        for (var i = 0; i < 1000; i++)
        {
            await poller.LookAsync(default);
            tries.AddRange(Enumerable.Repeat(clock.GetUtcNow(), poller.TakeTries("a")));
            Assert.Equal(1, poller.TakeTries("b"));
            clock.Advance(TimeSpan.FromSeconds(5));
        }

        var pauses = tries.Zip(tries.Skip(1), (one, next) => (next - one).TotalSeconds).ToList();
        Assert.Equal([5, 10, 20, 40, 80, 160, 320, 640, 900], pauses.Take(9));
        Assert.All(pauses.Skip(9), pause => Assert.Equal(900, pause));
    }

    [Fact]
    public async Task LookAsync_AskedToComeBackLater_DoesNotComeEarlier()
    {
        poller.Failures["a"] = new GitHubException(GitHubFailure.RateLimited, "too many calls") { RetryAfter = TimeSpan.FromHours(1) };
        await poller.LookAsync(default);
        clock.Advance(TimeSpan.FromMinutes(59));
        await poller.LookAsync(default);
        Assert.Equal(1, poller.TakeTries("a"));
        clock.Advance(TimeSpan.FromMinutes(1));
        await poller.LookAsync(default);
        Assert.Equal(1, poller.TakeTries("a"));
    }

    [Fact]
    public async Task LookAsync_SucceededBetween_BeginsWithShortPausesAgain()
    {
        for (var i = 0; i < 3; i++)
        {
            poller.Failures["a"] = new InvalidOperationException("broken");
            await poller.LookAsync(default);
            clock.Advance(TimeSpan.FromSeconds(5));
            poller.Failures.Clear();
            await poller.LookAsync(default);
            Assert.Equal(2, poller.TakeTries("a"));
        }
    }

    [Fact]
    public async Task LookAsync_SomebodyElseIsAtIt_GoesOnWithThePausesAsTheyWere()
    {
        poller.Failures["a"] = new InvalidOperationException("broken");
        await poller.LookAsync(default);
        clock.Advance(TimeSpan.FromSeconds(5));
        await poller.LookAsync(default);
        clock.Advance(TimeSpan.FromSeconds(10));
        poller.IsElsewhere = true;
        await poller.LookAsync(default);
        poller.IsElsewhere = false;
        await poller.LookAsync(default);
        Assert.Equal(4, poller.TakeTries("a"));

        // The third failure: 20 s.
        clock.Advance(TimeSpan.FromSeconds(19));
        await poller.LookAsync(default);
        Assert.Equal(0, poller.TakeTries("a"));
    }

    [Theory]
    [InlineData(true, "given up after 24 hours: GitHub is away")]
    [InlineData(false, "given up after 24 hours: an error inside the service; its log says which")]
    public async Task LookAsync_FailsForADay_IsGivenUpWithOneLine(bool isForPeople, string line)
    {
        poller.Failures["a"] = isForPeople ? new GitHubException(GitHubFailure.Unavailable, "GitHub is away") : new InvalidOperationException("Host=db;Password=secret");
        for (var i = 0; i < 25; i++)
        {
            Assert.Empty(poller.GivenUp);
            await poller.LookAsync(default);
            clock.Advance(TimeSpan.FromHours(1));
        }

        Assert.Equal(("a", line), Assert.Single(poller.GivenUp));
    }

    [Fact]
    public async Task Start_LookFails_LooksAgain()
    {
        poller.LookFailure = new InvalidOperationException("the database is away");
        await poller.StartAsync(default);
        using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(2), TimeProvider.System);
        await poller.LookedAsync(patience.Token);

        poller.LookFailure = null;
        while (poller.TakeTries("b") == 0)
        {
            clock.Advance(TimeSpan.FromSeconds(5));
            await poller.LookedAsync(patience.Token);
        }

        await poller.StopAsync(default);
    }

    private sealed class RecordingPoller(TestClock clock) : WaitingWorkPoller(new RetryPauses(clock), clock, NullLogger.Instance)
    {
        private readonly Dictionary<string, int> tries = [];
        private readonly Channel<bool> looked = Channel.CreateUnbounded<bool>();

        public Dictionary<string, Exception> Failures { get; } = [];

        public List<(string Item, string Why)> GivenUp { get; } = [];

        public Exception? LookFailure { get; set; }

        public bool IsElsewhere { get; set; }

        public int TakeTries(string item) => tries.Remove(item, out var count) ? count : 0;

        public ValueTask<bool> LookedAsync(CancellationToken cancellationToken) => looked.Reader.ReadAsync(cancellationToken);

        public override async Task LookAsync(CancellationToken cancellationToken)
        {
            try
            {
                if (LookFailure is { } failure)
                {
                    throw failure;
                }

                await EachAsync("do", ["a", "b"], item => item, TryAsync, (item, why) =>
                {
                    GivenUp.Add((item, why));
                    return Task.CompletedTask;
                }, cancellationToken);
            }
            finally
            {
                looked.Writer.TryWrite(true);
            }
        }

        private Task<bool> TryAsync(string item)
        {
            tries[item] = tries.GetValueOrDefault(item) + 1;
            return !IsElsewhere && Failures.TryGetValue(item, out var failure) ? Task.FromException<bool>(failure) : Task.FromResult(!IsElsewhere);
        }
    }
}
