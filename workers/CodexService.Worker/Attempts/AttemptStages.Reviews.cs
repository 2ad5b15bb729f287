using System.Globalization;
using CodexService.Agent.Reviews;
using CodexService.Contracts;
using CodexService.Contracts.Api;
using CodexService.Repositories;
using CodexService.Repositories.Reviewing;
using CodexService.Sandbox;
using CodexService.Tasks.Attempts;
using CodexService.Verification;
using CodexService.Verification.Comparing;

namespace CodexService.Worker.Attempts;

/// <content>
/// A review of a change that somebody made. Its sandbox holds the head and is thrown away; the tests run at merge base and head
/// in fresh sandboxes. The diff is read from git's objects on the host, never from a tree that a sandbox had.
/// </content>
internal sealed partial class AttemptStages
{
    // The rest belongs to the tests, which say something without a model too.
    private const double ReadingShare = 0.6;

    // Two runs side by side at each commit, and what starting their sandboxes takes.
    private const double EvidenceShare = 0.9;

    private async Task<AttemptOutcome> ReviewAsync(AttemptWork work, CancellationToken cancellationToken)
    {
        var attempt = work.Attempt;
        work.Brain = brains.Select(Wish(work));
        var reads = work.Brain.Name == "model";
        if (!reads)
        {
            work.Session.RefusePauses("a review without a model cannot be paused; it goes on. Stop the task instead, and retry it later.");
        }

        var (source, range, diff) = await ReadChangeAsync(work, cancellationToken);
        if (reads)
        {
            work.Subject = new ReviewSubject(attempt.BaseRef, attempt.HeadRef!, diff);
            await ChangeAsync(work, source, cancellationToken);
            if (work.Said?.Parking is { } parking)
            {
                return work.Parked(new AttemptParking(parking.Plan, parking.MessagesRead, parking.UsedTime));
            }

            if (work.Said?.Review is null)
            {
                return work.Unfinished(AttemptState.NoChange, FirstLine(work.Said?.Summary) ?? "the model ended without a review");
            }
        }

        work.Session.RefusePauses("the change has been read, and its tests run; that goes on to its end.");
        var (comparison, note) = await CompareAsync(work, source, range, cancellationToken);
        work.Review = ReviewResults.Of(range, diff, work.Said?.Review, comparison, note);
        work.Journal.Write(new AttemptReport(TaskEventTypes.ChangeReviewed, ReviewResults.Conclude(work.Review))
        {
            Data = new
            {
                comments = work.Review.Comments.Count,
                blockers = work.Review.Comments.Count(remark => remark.Severity == ReviewSeverity.Blocker),
                left_out = work.Review.LeftOut.Total,
                read_by_model = work.Review.ReadByModel,
                newly_failing = work.Review.Evidence?.NewlyFailing ?? [],
            },
        });
        return new AttemptOutcome(
            AttemptState.Succeeded,
            ReviewResults.Conclude(work.Review),
            work.Result(null),
            [.. comparison?.Commands.Select(command => command.Output) ?? []])
        {
            EarlyEnd = work.EarlyEnd,
        };
    }

    private async Task<(SandboxSource Source, ChangeRange Range, ChangeDiff Diff)> ReadChangeAsync(AttemptWork work, CancellationToken cancellationToken)
    {
        var attempt = work.Attempt;
        work.Journal.StartStage("checkout", $"Checking out {attempt.HeadRef} of {attempt.Repository}");
        var address = RepositoryAddress.Parse(attempt.Repository);

        // After a rescue the same commits are reviewed, wherever the refs point by then.
        var known = attempt is { BaseCommit: { } mergeBase, HeadCommit: { } head } ? new ChangeRange(mergeBase, head) : null;
        var (range, diff) = await checkout.ReadChangeAsync(address, known, attempt.BaseRef, attempt.HeadRef!, Waits(work), cancellationToken);
        work.Journal.Write(new AttemptReport(
            TaskEventTypes.Progressed,
            string.Create(CultureInfo.InvariantCulture, $"The change from {range.MergeBase[..10]} to {range.Head[..10]}: {Quantity.Of(diff.Files.Count, "file")}, {diff.AddedLines} lines added, {diff.RemovedLines} removed"))
        {
            Stage = "checkout",
            BaseCommit = range.MergeBase,
            HeadCommit = range.Head,
            Data = new { stage = "checkout", merge_base = range.MergeBase, head_commit = range.Head },
        });
        var labels = new SandboxLabels(attempt.Lease.TaskId, attempt.Lease.AttemptId, attempt.Lease.Epoch);
        return (new SandboxSource(address, range.Head, labels, attempt.Timeout, environments.Of(address)), range, diff);
    }

    // What the tests say adds to a review; that they cannot be run does not take it away, and the review says so.
    private async Task<(ChangeComparison? Comparison, string? Note)> CompareAsync(AttemptWork work, SandboxSource head, ChangeRange range, CancellationToken cancellationToken)
    {
        if (work.Attempt.TestCommand.Length == 0)
        {
            return (null, "no test command is known; name one with the review to have the tests run");
        }

        var left = work.Attempt.Timeout - work.Attempt.UsedTime - time.GetElapsedTime(work.ClaimedAt);
        var limit = left * EvidenceShare;
        if (limit < TimeSpan.FromSeconds(1))
        {
            return (null, "no time was left to run the tests; give the review a longer timeout");
        }

        work.Journal.StartStage("verify", "Running the tests without and with the change in fresh sandboxes");
        using var deadline = new CancellationTokenSource(limit, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellationToken);
        try
        {
            var comparison = await ChangeComparer.CompareAsync(
                new ComparisonRequest(
                    async token => (await sandboxes.OpenAsync(head with { Commit = range.MergeBase }, token)).Sandbox,
                    async token => (await sandboxes.OpenAsync(head, token)).Sandbox,
                    work.Attempt.TestCommand,
                    limit / 2,
                    new InlineProgress<string>(line => work.Journal.Write(new AttemptReport(TaskEventTypes.Progressed, line) { Stage = "verify", Data = new { stage = "verify" } })),
                    new InlineProgress<EvidenceCommand>(command => work.Journal.Write(CommandReported(command)))),
                either.Token);
            return (comparison, null);
        }
        catch (OperationCanceledException) when (deadline.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            return (null, string.Create(CultureInfo.InvariantCulture, $"the tests did not end within {limit.TotalSeconds:0} s; give the review a longer timeout"));
        }
        catch (SandboxException e) when (work.Said?.Review is not null && !cancellationToken.IsCancellationRequested)
        {
            return (null, $"the tests could not be run: {e.Message}");
        }
    }
}
