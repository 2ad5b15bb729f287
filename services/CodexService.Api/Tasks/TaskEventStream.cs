using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using CodexService.Contracts.Api;
using CodexService.Tasks;
using CodexService.Tasks.Events;
using CodexService.Tasks.Reading;

namespace CodexService.Api.Tasks;

/// <summary>
/// Streams what happens. The database is the source and a signal only says "look again", so a stream that starts after
/// any event has neither gaps nor repeats, whichever process wrote the events.
/// </summary>
internal sealed class TaskEventStream(TaskReader tasks, TaskChangeSignal signal, TimeProvider time)
{
    private const int BatchSize = 500;

    // Signals between processes can be lost while the database restarts; then this is the delay.
    private static readonly TimeSpan LookAgain = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan PingInterval = TimeSpan.FromSeconds(15);

    /// <summary>The log after <paramref name="after"/>, then what follows, until nothing can follow any more.</summary>
    public async IAsyncEnumerable<SseItem<object>> EventsAsync(Guid id, long after, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var changes = signal.Subscribe();
        var lastSent = time.GetTimestamp();
        while (true)
        {
            // The state is read before the events: what made it final is then certainly among them.
            var ended = await tasks.SummaryAsync(id, cancellationToken) is not { } summary || NothingFollows(summary);
            var batch = await tasks.EventsAsync(id, after, BatchSize, cancellationToken);
            foreach (var entry in batch)
            {
                after = entry.Seq;
                yield return new SseItem<object>(entry, "event") { EventId = entry.Seq.ToString() };
            }

            if (batch.Count > 0)
            {
                lastSent = time.GetTimestamp();
                continue;
            }

            if (ended)
            {
                yield return new SseItem<object>(new { after }, "end");
                yield break;
            }

            if (time.GetElapsedTime(lastSent) >= PingInterval)
            {
                lastSent = time.GetTimestamp();
                yield return new SseItem<object>(new { }, "ping");
            }

            await changes.WaitAsync(id, LookAgain, time, cancellationToken);
        }
    }

    /// <summary>The summary of each task whenever it changes, from now on.</summary>
    public async IAsyncEnumerable<SseItem<object>> SummariesAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var changes = signal.Subscribe();

        // The first byte tells the client that from here on it misses nothing.
        yield return new SseItem<object>(new { }, "ping");
        while (true)
        {
            var changed = await NextAsync(changes, cancellationToken);
            if (changed.Count == 0)
            {
                yield return new SseItem<object>(new { }, "ping");
            }

            foreach (var id in changed)
            {
                if (await tasks.SummaryAsync(id, cancellationToken) is { } summary)
                {
                    yield return new SseItem<object>(summary, "task");
                }
            }
        }
    }

    // Collects for a moment, so that a busy task costs a few updates a second and not hundreds.
    private async Task<HashSet<Guid>> NextAsync(TaskChangeSubscription changes, CancellationToken cancellationToken)
    {
        var ids = new HashSet<Guid>();
        using var limit = new CancellationTokenSource(PingInterval, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            ids.Add(await changes.Changed.ReadAsync(either.Token));
            await Task.Delay(TimeSpan.FromMilliseconds(150), time, cancellationToken);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return ids;
        }

        while (changes.Changed.TryRead(out var id))
        {
            ids.Add(id);
        }

        return ids;
    }

    private static bool NothingFollows(TaskSummary summary) =>
        CodingTask.IsTerminalState(summary.State)
        && summary.PullRequestState is null or PullRequestState.Merged or PullRequestState.Closed;
}
