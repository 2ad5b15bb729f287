using System.Globalization;
using System.Text.Json;
using CodexService.Contracts;
using CodexService.Contracts.Api;
using CodexService.GitHub;
using CodexService.GitHub.Rest;
using CodexService.PullRequests.Deliveries;
using CodexService.PullRequests.Pending;
using CodexService.PullRequests.Reporting;
using CodexService.PullRequests.Triggers;
using CodexService.Tasks.Deliveries;
using CodexService.Tasks.FollowUps;

namespace CodexService.PullRequests.FollowUps;

/// <summary>
/// Failing checks of our head become one turn: what fails is collected until no check of that head runs any more, or two
/// minutes have passed. A bounded number of times for each pull request; then a person is asked, once.
/// </summary>
internal sealed partial class CheckFixes(OurWork work, PendingFollowUps pending, IGitHub github, OneAtATime oneAtATime, TimeProvider time, ILogger<CheckFixes> logger) : ITriggerAction
{
    private static readonly TimeSpan Collecting = TimeSpan.FromMinutes(2);

    public ValueTask<bool> TakesAsync(TriggerContext context, CancellationToken cancellationToken) =>
        ValueTask.FromResult(context.Wanted is { Command: TriggerCommand.FixCheck, HeadCommit: not null });

    public async Task<TriggerOutcome> RunAsync(TriggerContext context, CancellationToken cancellationToken)
    {
        var head = context.Wanted.HeadCommit!;

        // First what is not stored yet: in the other order one that is stored meanwhile would be seen by neither.
        var publishing = await work.PublishingAsync(context.Info, cancellationToken);
        var ours = await work.ByHeadAsync(context.Info, head, cancellationToken);
        IReadOnlyList<Guid> tasks = ours is null ? publishing : [ours.TaskId];
        foreach (var task in tasks)
        {
            var asked = TaskCommands.Asked(context, task, PendingKind.Check, $"check:{head}:{task:N}", head);
            await pending.AddAsync(
                new PendingFollowUp
                {
                    TaskId = task,
                    Repository = asked.Repository,
                    Key = asked.Key,
                    Kind = asked.Kind,
                    HeadCommit = head,
                    Content = context.Settings.CheckFixes.ToString(CultureInfo.InvariantCulture),
                    DueAt = time.GetUtcNow() + Collecting,
                },
                cancellationToken);
        }

        return tasks.Count == 0
            ? new TriggerOutcome(DeliveryState.Ignored, "it is not the head of an open pull request of ours")
            : new TriggerOutcome(DeliveryState.Acted, "what fails on this head is collected", tasks.Count == 1 ? tasks[0] : null);
    }

    /// <summary>Looks whether what was collected is complete, and makes a prompt of it.</summary>
    /// <exception cref="GitHubException">GitHub did not answer as it should.</exception>
    /// <returns>Whether nobody else is at the task.</returns>
    public Task<bool> CollectAsync(PendingFollowUp asked, CancellationToken cancellationToken) =>
        oneAtATime.RunAsync(asked.TaskId, () => CollectOnceAsync(asked, cancellationToken), cancellationToken);

    private async Task CollectOnceAsync(PendingFollowUp asked, CancellationToken cancellationToken)
    {
        if (await work.StateAsync(asked.TaskId, cancellationToken) is { } state && !Tasks.CodingTask.IsTerminalState(state))
        {
            // The round that runs may give the branch another head.
            return;
        }

        var ours = await work.OfTaskAsync(asked.TaskId, cancellationToken);
        if (ours is not { Pull.State: PullRequestState.Open } || ours.Pull.HeadCommit != asked.HeadCommit)
        {
            await pending.DropAsync(asked.Id, "it is not the head of an open pull request of ours", cancellationToken);
            return;
        }

        var repository = github.Repository(RepositoryName.Parse(asked.Repository));
        var others = (await repository.Checks.ListAsync(asked.HeadCommit!, null, cancellationToken)).Where(run => run.Name != VerificationCheck.Name).ToList();
        var failing = others.FindAll(run => run is { Status: "completed", Conclusion: "failure" or "timed_out" });
        if (others.Exists(run => run.Status != "completed") && time.GetUtcNow() < asked.DueAt)
        {
            return;
        }

        if (failing.Count == 0)
        {
            await pending.DropAsync(asked.Id, "no check of this head fails any more", cancellationToken);
            return;
        }

        var limit = JsonSerializer.Deserialize<int>(asked.Content!, JsonConventions.Options);
        if (await pending.CheckFixesAsync(asked.TaskId, cancellationToken) >= limit)
        {
            var line = string.Create(CultureInfo.InvariantCulture, $"A person has to look at the failing checks: I tried {Quantity.Of(limit, "time")} to mend what failed, and something fails still. Tell me what to do by mentioning me.");
            await Replies.SayOnceAsync(github, repository, ours.Pull.ForgeNumber!.Value, "check-fixes", line, cancellationToken);
            await pending.DropAsync(asked.Id, "the allowed fixes are used up; a person was asked", cancellationToken);
            return;
        }

        await pending.CollectedAsync(asked.Id, await CheckPrompt.WriteAsync(repository, failing, cancellationToken), cancellationToken);
        LogCollected(ours.Pull.ShownNumber, failing.Count);
    }

    /// <summary>Asks a person, once, when a fix ended without a new head: its checks fail still, and no delivery will tell of it.</summary>
    /// <exception cref="GitHubException">GitHub did not answer as it should.</exception>
    /// <returns>Whether nobody else is at the task.</returns>
    public Task<bool> AskAsync(PendingFollowUp fix, CancellationToken cancellationToken) =>
        oneAtATime.RunAsync(fix.TaskId, () => AskOnceAsync(fix, cancellationToken), cancellationToken);

    private async Task AskOnceAsync(PendingFollowUp fix, CancellationToken cancellationToken)
    {
        if (await work.OfTaskAsync(fix.TaskId, cancellationToken) is not { } ours)
        {
            return;
        }

        const string Line = "A person has to look at the failing checks: I tried to mend them and found no change that does. Tell me what to do by mentioning me.";
        await Replies.SayOnceAsync(github, github.Repository(RepositoryName.Parse(fix.Repository)), ours.Pull.ForgeNumber!.Value, $"check-fix:{fix.HeadCommit}", Line, cancellationToken);
        await pending.NoteAsync(fix.Id, "it brought no change; a person was asked", cancellationToken);
    }

    [LoggerMessage(LogLevel.Information, "{Count} checks of pull request #{Number} fail; a fix is begun")]
    private partial void LogCollected(int number, int count);
}
