using System.Text.Json;
using CodexService.Contracts;
using CodexService.Contracts.Api;
using CodexService.PullRequests.Deliveries;
using CodexService.PullRequests.Forges;
using CodexService.Tasks;
using CodexService.Tasks.Attempts;
using CodexService.Tasks.Persistence;
using CodexService.Tasks.PullRequests;
using CodexService.Tasks.Reading;
using Microsoft.EntityFrameworkCore;

namespace CodexService.PullRequests.Reporting;

/// <summary>Reads what GitHub is told of a task. Thread-safe.</summary>
internal sealed class TaskStandingReader(
    IDbContextFactory<TasksDbContext> contexts,
    TaskReader reader,
    AppName app,
    DashboardAddress dashboard,
    TimeProvider time)
{
    /// <summary>The standing of the task at <paramref name="place"/>.</summary>
    public async Task<TaskStanding> ReadAsync(ReportPlace place, CancellationToken cancellationToken)
    {
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        var task = await db.Tasks.AsNoTracking().Include(t => t.Attempts).Include(t => t.PullRequest).SingleAsync(t => t.Id == place.TaskId, cancellationToken);
        var round = task.Attempts.Where(a => a.Number >= task.RoundStart).ToList();
        var published = task.PullRequest?.PublishedAttemptId ?? (task.State == TaskState.Succeeded ? task.WinningAttemptId : null);
        var proof = await db.AttemptResults.Where(r => r.AttemptId == published).Select(r => r.Verification).SingleOrDefaultAsync(cancellationToken);
        var verification = proof is null ? null : JsonSerializer.Deserialize<VerificationReport>(proof, JsonConventions.Options);
        var post = task.Kind == TaskKind.Review ? await db.ReviewPosts.AsNoTracking().SingleOrDefaultAsync(p => p.TaskId == task.Id, cancellationToken) : null;
        return new TaskStanding(task.Id, task.State)
        {
            Kind = task.Kind,
            RequestedBy = place.Origin?.RequestedBy ?? "",
            Mention = await app.FindAsync(cancellationToken),
            Link = dashboard.Of(task.Id),
            LastSeq = task.LastSeq,
            Reason = task.Reason,
            LastRound = task.LastRound,
            Stage = task.Stage,
            Ahead = task.State == TaskState.Queued ? await AheadAsync(db, task, cancellationToken) : 0,
            Round = task.RoundStart,
            HasFollowUps = task.Attempts.Any(a => a.PromptNumber > 1),
            Attempts = round.Count,
            Elapsed = Elapsed(task, round),
            Plans = task.IsTerminal ? [] : [.. round.Where(a => a is { PlanState: PlanState.Waiting, Plan: not null }).OrderBy(a => a.Number).Select(a => new WaitingPlan(a.Number, a.Plan!))],
            Summary = task.State == TaskState.Succeeded ? (await reader.ResultAsync(task.Id, cancellationToken))?.Summary : null,
            Verification = verification,
            FailingSince = task.IsTerminal && verification is { FailToPass.Count: > 0 } ? await FailingSinceAsync(db, task, published, verification, cancellationToken) : [],
            Patches = task.PullRequest is { } shown && (shown.HeldForApproval.Count > 0 || verification is { ChangedTests.Count: > 0 } or { StillFailing.Count: > 0 }) ? await PatchesAsync(db, task, published, cancellationToken) : [],
            ByHand = await HeldAlone.PatchAsync(db, task, cancellationToken),
            ReviewUrl = post?.Url,
            ReviewProblem = post?.Problem,
            PullRequest = task.PullRequest is { } pull ? Shown(pull) : null,
            Earlier = await EarlierAsync(db, task, cancellationToken),
        };
    }

    // A round begins with two runs of the tests on the head, whatever it comes to. One that merges the base runs them on the base instead.
    private static async Task<IReadOnlyList<string>> FailingSinceAsync(
        TasksDbContext db, CodingTask task, Guid? published, VerificationReport proof, CancellationToken cancellationToken)
    {
        var later = task.Attempts.Where(a => a.Id != published && a.MergedCommit is null && a.BaseCommit == task.PullRequest?.HeadCommit).OrderByDescending(a => a.Number).Select(a => a.Id).ToList();
        var reports = await db.AttemptResults.Where(r => later.Contains(r.AttemptId) && r.Verification != null).ToDictionaryAsync(r => r.AttemptId, r => r.Verification!, cancellationToken);
        var newest = later.Find(reports.ContainsKey);
        var seen = newest == default ? null : JsonSerializer.Deserialize<VerificationReport>(reports[newest], JsonConventions.Options);
        return seen is null ? [] : [.. proof.FailToPass.Intersect(seen.StillFailing.Concat(seen.FailToPass), StringComparer.Ordinal)];
    }

    // What was left out of an earlier round's commit may still wait.
    private static async Task<IReadOnlyList<string>> PatchesAsync(TasksDbContext db, CodingTask task, Guid? published, CancellationToken cancellationToken)
    {
        var verified = task.Attempts.Where(a => a.Verified).Select(a => a.Id).ToList();
        var patches = await db.AttemptResults.Where(r => verified.Contains(r.AttemptId)).ToDictionaryAsync(r => r.AttemptId, r => r.Patch, cancellationToken);
        return [.. task.Attempts.Where(a => patches.ContainsKey(a.Id)).OrderByDescending(a => a.Id == published).ThenByDescending(a => a.Number).Select(a => patches[a.Id])];
    }

    // As workers claim: by id, which is by age.
    private static Task<int> AheadAsync(TasksDbContext db, CodingTask task, CancellationToken cancellationToken)
    {
        var first = task.Attempts.Where(a => a.State == AttemptState.Queued).OrderBy(a => a.Number).Select(a => a.Id).FirstOrDefault();
        return db.Attempts.CountAsync(a => a.State == AttemptState.Queued && a.TaskId != task.Id && a.Id < first, cancellationToken);
    }

    private TimeSpan? Elapsed(CodingTask task, List<Attempt> round) =>
        round.Min(a => a.StartedAt) is { } start ? (task.FinishedAt ?? time.GetUtcNow()) - start is var passed && passed > TimeSpan.Zero ? passed : TimeSpan.Zero : null;

    private ShownPullRequest Shown(PullRequest pull)
    {
        var isOnGitHub = pull.ForgeNumber is not null;
        var url = isOnGitHub ? pull.Url : dashboard.Url is { } home ? new Uri(home, pull.Url.TrimStart('/')).AbsoluteUri : null;
        return new ShownPullRequest(pull.ShownNumber, url, isOnGitHub, pull.Title, pull.Branch, pull.HeadCommit, pull.State, pull.HeldForApproval) { Tree = pull.HeadTree };
    }

    private static async Task<IReadOnlyList<EndedRound>> EarlierAsync(TasksDbContext db, CodingTask task, CancellationToken cancellationToken)
    {
        var earlier = task.Attempts.Where(a => a.Number < task.RoundStart).GroupBy(a => a.PromptNumber).OrderBy(group => group.Key).ToList();
        if (earlier.Count == 0)
        {
            return [];
        }

        var prompts = await db.TaskPrompts.AsNoTracking().Where(p => p.TaskId == task.Id).ToDictionaryAsync(p => p.Number, p => p.Text, cancellationToken);
        prompts[1] = task.Prompt;

        // Of the attempts at one prompt, what succeeded counts; else the last try says most.
        return
        [
            .. earlier.Select(group => group.OrderBy(a => a.State == AttemptState.Succeeded).ThenBy(a => a.Number).Last())
                .Select(a => new EndedRound(prompts.GetValueOrDefault(a.PromptNumber, ""), a.State, a.Reason ?? "")),
        ];
    }
}
