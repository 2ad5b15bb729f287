using System.Globalization;
using CodexService.Contracts.Api;
using CodexService.GitHub;
using CodexService.GitHub.Rest;
using CodexService.PullRequests.Deliveries;
using CodexService.PullRequests.Forges;
using CodexService.PullRequests.Forges.GitHub;
using CodexService.PullRequests.Pending;
using CodexService.Repositories;
using CodexService.Repositories.Merging;
using CodexService.Tasks;
using CodexService.Tasks.Conflicts;
using CodexService.Tasks.FollowUps;
using CodexService.Tasks.Persistence;
using CodexService.Tasks.PullRequests;
using Microsoft.EntityFrameworkCore;

namespace CodexService.PullRequests.FollowUps;

/// <summary>
/// Looks whether an open pull request of ours is in conflict with its base, and makes a round of it that resolves the conflicts. GitHub
/// is asked first where the pull request lives there; git's own merge in our copy decides. By itself once for each commit of the base,
/// and a bounded number of times in a row; then a person is asked, once. Thread-safe.
/// </summary>
internal sealed partial class ConflictResolutions(
    OurWork work,
    PendingFollowUps pending,
    ForgeSelection forges,
    IGitHub github,
    ConflictedMerges merges,
    OneAtATime oneAtATime,
    IDbContextFactory<TasksDbContext> contexts,
    TaskStore store,
    TimeProvider time,
    ILogger<ConflictResolutions> logger)
{
    // GitHub computes whether a pull request can be merged when it is asked for it, which mostly takes some seconds.
    private const int MostTries = 6;
    private static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan LongestPause = TimeSpan.FromMinutes(5);

    /// <summary>Looks for conflicts when it is time, and makes a prompt of them.</summary>
    /// <returns>Whether nobody else is at the task.</returns>
    /// <exception cref="GitHubException">GitHub did not answer as it should.</exception>
    /// <exception cref="RepositoryException">The repository does not answer.</exception>
    public Task<bool> CollectAsync(PendingFollowUp asked, CancellationToken cancellationToken) =>
        oneAtATime.RunAsync(asked.TaskId, () => CollectOnceAsync(asked, cancellationToken), cancellationToken);

    /// <summary>Tells on the pull request that a round did not resolve its conflicts; does nothing while it goes on.</summary>
    /// <returns>Whether nobody else is at the task.</returns>
    /// <exception cref="GitHubException">GitHub did not answer as it should.</exception>
    public Task<bool> TellEndAsync(PendingFollowUp asked, CancellationToken cancellationToken) =>
        oneAtATime.RunAsync(asked.TaskId, () => TellEndOnceAsync(asked, cancellationToken), cancellationToken);

    private async Task CollectOnceAsync(PendingFollowUp asked, CancellationToken cancellationToken)
    {
        if (time.GetUtcNow() < asked.DueAt || await work.StateAsync(asked.TaskId, cancellationToken) is { } state && !CodingTask.IsTerminalState(state))
        {
            // The round that runs may give the branch another head.
            return;
        }

        if (await work.OfTaskAsync(asked.TaskId, cancellationToken) is not { Pull.State: PullRequestState.Open or PullRequestState.Merging } ours)
        {
            await pending.DropAsync(asked.Id, "the pull request is not open", cancellationToken);
            return;
        }

        if (ours.Pull.State == PullRequestState.Merging)
        {
            return;
        }

        var request = PendingFollowUps.ConflictsOf(asked);
        try
        {
            if (request.ByPerson || await GitHubSeesConflictsAsync(asked, request, ours.Pull, cancellationToken))
            {
                await LookAsync(asked, request, ours.Pull, cancellationToken);
            }
        }
        catch (RepositoryException e) when (e.Kind != RepositoryErrorKind.Unreachable)
        {
            await DeclineAsync(asked, request, e.Message, ours.Pull.Conflicts, cancellationToken);
        }
    }

    private async Task TellEndOnceAsync(PendingFollowUp asked, CancellationToken cancellationToken)
    {
        if (await work.OfTaskAsync(asked.TaskId, cancellationToken) is not { } ours || !CodingTask.IsTerminalState(ours.TaskState))
        {
            return;
        }

        var prompt = PendingFollowUps.PromptOf(asked);
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        var attempts = await db.Attempts.AsNoTracking().Where(attempt => attempt.TaskId == asked.TaskId && attempt.PromptNumber == prompt).OrderBy(attempt => attempt.Number).ToListAsync(cancellationToken);

        // Not the attempt that is published now: later rounds may have been published since.
        var next = await db.TaskPrompts.Where(later => later.TaskId == asked.TaskId && later.Number == prompt + 1).Select(later => (DateTimeOffset?)later.At).SingleOrDefaultAsync(cancellationToken);
        var begun = await db.TaskPrompts.Where(one => one.TaskId == asked.TaskId && one.Number == prompt).Select(one => one.At).SingleAsync(cancellationToken);
        var isPublished = await db.TaskEvents.AnyAsync(
            entry => entry.TaskId == asked.TaskId && entry.Type == TaskEventTypes.PullRequestUpdated && entry.At >= begun && (next == null || entry.At <= next), cancellationToken);
        if (isPublished || ours.Pull.State != PullRequestState.Open || attempts.Count == 0)
        {
            await pending.DropAsync(asked.Id, isPublished ? "the conflicts are resolved" : "the pull request is not open", cancellationToken);
            return;
        }

        // A verified resolution that could not be published ended the task with the reason.
        var why = attempts.Exists(attempt => attempt.Verified)
            ? await db.Tasks.Where(task => task.Id == asked.TaskId).Select(task => task.RoundReason ?? task.Reason).SingleAsync(cancellationToken)
            : attempts[^1].Reason;
        await SayAsync(ours.Pull, "conflicts-end", $"I did not resolve the conflicts with {ours.Pull.BaseRef}: {why ?? "nothing was done"}. A person can merge {ours.Pull.BaseRef} into this branch, or tell me more by mentioning me.", cancellationToken);
        await pending.DropAsync(asked.Id, "the conflicts are not resolved; that was told", cancellationToken);
    }

    private async Task LookAsync(PendingFollowUp asked, ConflictWork request, PullRequest pull, CancellationToken cancellationToken)
    {
        var address = RepositoryAddress.Parse(pull.Repository);
        var merge = await merges.LookAsync(await forges.For(address).ReadableAsync(address, cancellationToken), pull.HeadCommit, pull.BaseRef, cancellationToken);
        IReadOnlyList<string> paths = [.. merge.Conflicts.Select(conflict => conflict.Path)];
        if (merge.IsClean)
        {
            await DeclineAsync(asked, request, $"{pull.Branch} fits onto {pull.BaseRef} as it is; there is nothing to resolve", paths, cancellationToken);
        }
        else if (merge.Conflicts.FirstOrDefault(conflict => conflict.Kind == ConflictKind.NotAFile) is { } link)
        {
            var reason = $"{ForeignText.Shorten(ForeignText.OneLine(ForeignText.Clean(link.Path)), 200)} is a submodule or a symlink in conflict, which only a person may resolve; merge {pull.BaseRef} by hand";
            await AskPersonAsync(pull, request, "conflicts-person", $"This pull request is in conflict with {pull.BaseRef}: {reason}.", cancellationToken);
            await DeclineAsync(asked, request with { ByPerson = true }, reason, paths, cancellationToken);
        }
        else if (!request.ByPerson && await WhyNotByItselfAsync(pull, merge.BaseTip, cancellationToken) is { } why)
        {
            if (why.AskPerson)
            {
                await AskPersonAsync(pull, request, "conflicts-limit", $"A person has to look at the conflicts with {pull.BaseRef}: {why.Reason}. Merge {pull.BaseRef} into this branch, or tell me more by mentioning me.", cancellationToken);
            }

            await pending.DropAsync(asked.Id, why.Reason, cancellationToken);
        }
        else
        {
            var histories = await merges.HistoriesAsync(merge, cancellationToken);
            var prompt = ConflictPrompt.Write(
                pull.Branch,
                pull.BaseRef,
                [.. merge.Conflicts.Select(conflict => new ConflictedFile(conflict.Path, Say(conflict.Kind)))],
                new SideLog(histories.Branch.Commits, histories.Branch.Total),
                new SideLog(histories.Base.Commits, histories.Base.Total));
            await pending.ConflictsFoundAsync(asked.Id, request with { Found = new FoundConflicts(merge.Head, merge.BaseTip, paths, prompt) }, cancellationToken);
            LogFound(pull.ShownNumber, paths.Count, pull.BaseRef);
        }
    }

    /// <summary>Whether GitHub says so, or does not say; asks again later while it does not know yet.</summary>
    private async Task<bool> GitHubSeesConflictsAsync(PendingFollowUp asked, ConflictWork request, PullRequest pull, CancellationToken cancellationToken)
    {
        if (pull.Forge != ForgeNames.GitHub || request.Tries >= MostTries)
        {
            return true;
        }

        var target = await GitHubTarget.FindAsync(github, RepositoryAddress.Parse(pull.Repository), pull.RepositoryId, cancellationToken);
        var live = await target.Calls.PullRequests.GetAsync(pull.ForgeNumber!.Value, cancellationToken);
        if (live.State != "open")
        {
            await pending.DropAsync(asked.Id, "the pull request is not open", cancellationToken);
            return false;
        }

        // Of another head than ours its own delivery will tell.
        if (live.Mergeable is null || live.Head.Sha != pull.HeadCommit)
        {
            await PostponeAsync(asked, request, cancellationToken);
            return false;
        }

        if (live.Mergeable == true)
        {
            await DeclineAsync(asked, request, "GitHub can merge it", [], cancellationToken);
        }

        return live.Mergeable == false;
    }

    private Task PostponeAsync(PendingFollowUp asked, ConflictWork request, CancellationToken cancellationToken)
    {
        var pause = FirstPause * Math.Pow(2, request.Tries);
        return pending.PostponeAsync(asked.Id, request with { Tries = request.Tries + 1 }, time.GetUtcNow() + (pause < LongestPause ? pause : LongestPause), cancellationToken);
    }

    private async Task<(string Reason, bool AskPerson)?> WhyNotByItselfAsync(PullRequest pull, string baseTip, CancellationToken cancellationToken)
    {
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        var task = await db.Tasks.AsNoTracking().Include(t => t.Attempts).SingleAsync(t => t.Id == pull.TaskId, cancellationToken);
        return task.FailedResolutions >= CodingTask.MostFailedResolutions
            ? (string.Create(CultureInfo.InvariantCulture, $"I tried {CodingTask.MostFailedResolutions} times in a row to resolve them, and did not succeed"), true)
            : task.HasMerged(baseTip) ? ("resolving the conflicts with this commit of the base was tried before", false)
            : null;
    }

    // Who asked reads it in the log of the task; what nobody asked for is worth a line only when it changes what is known.
    private async Task DeclineAsync(PendingFollowUp asked, ConflictWork request, string reason, IReadOnlyList<string> paths, CancellationToken cancellationToken)
    {
        await store.ChangeAsync(
            asked.TaskId,
            (task, _, _) =>
            {
                if (request.ByPerson || task.PullRequest is { Conflicts.Count: > 0 })
                {
                    task.DeclineResolution(reason, paths);
                }
            },
            cancellationToken);
        await pending.DropAsync(asked.Id, reason, cancellationToken);
    }

    // Who asked in the dashboard or on the command line reads the answer there.
    private Task AskPersonAsync(PullRequest pull, ConflictWork request, string key, string line, CancellationToken cancellationToken) =>
        request.ByPerson || pull.Forge != ForgeNames.GitHub ? Task.CompletedTask : SayAsync(pull, key, line, cancellationToken);

    private async Task SayAsync(PullRequest pull, string key, string line, CancellationToken cancellationToken)
    {
        var target = await GitHubTarget.FindAsync(github, RepositoryAddress.Parse(pull.Repository), pull.RepositoryId, cancellationToken);
        await Replies.SayOnceAsync(github, target.Calls, pull.ForgeNumber!.Value, key, ForeignText.DefuseMarkdown(line), cancellationToken);
    }

    private static string Say(ConflictKind kind) => kind switch
    {
        ConflictKind.Content => "both sides changed the same lines; the file holds conflict markers",
        ConflictKind.Binary => "both sides changed this binary file; it is as the pull request has it",
        ConflictKind.DeletedInBase => "the base branch deleted it, the pull request changed it; it is there, as the pull request has it: delete it, with its change made wherever it belongs now, or keep it",
        ConflictKind.DeletedInBranch => "the pull request deleted it, the base branch changed it; it is there, as the base branch has it: delete it, with that change made wherever it belongs now, or keep it",
        _ => "both sides renamed, moved or added it in different ways; look which of the names are to stay, and at files whose names end in ~ and a commit",
    };

    [LoggerMessage(LogLevel.Information, "Pull request #{Number} is in conflict with {BaseRef} in {Count} paths; resolving them is begun")]
    private partial void LogFound(int number, int count, string baseRef);
}
