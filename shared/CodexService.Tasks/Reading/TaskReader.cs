using System.Text.Json;
using CodexService.Contracts;
using CodexService.Contracts.Api;
using CodexService.Tasks.Attempts;
using CodexService.Tasks.Choice;
using CodexService.Tasks.Events;
using CodexService.Tasks.Persistence;
using CodexService.Tasks.PullRequests;
using CodexService.Tasks.Reviews;
using Microsoft.EntityFrameworkCore;

namespace CodexService.Tasks.Reading;

/// <summary>Reads tasks in the shapes that the API answers with. Thread-safe.</summary>
public sealed class TaskReader(IDbContextFactory<TasksDbContext> contexts)
{
    /// <summary>A page of tasks, newest first; <paramref name="before"/> is the last id of the page before.</summary>
    public async Task<Page<TaskSummary>> ListAsync(Guid? before, int limit, TaskState? state, CancellationToken cancellationToken)
    {
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        var query = db.Tasks.AsNoTracking().Include(t => t.PullRequest).AsQueryable();
        if (before is { } cursor)
        {
            query = query.Where(t => t.Id < cursor);
        }

        if (state is { } wanted)
        {
            query = query.Where(t => t.State == wanted);
        }

        // Version 7 ids sort by the time of their making.
        var rows = await query.OrderByDescending(t => t.Id).Take(limit + 1).ToListAsync(cancellationToken);
        var brains = await BrainsAsync(db, rows.Select(t => t.Id).ToList(), cancellationToken);
        var items = rows.Take(limit).Select(t => Summarize(t, brains.GetValueOrDefault(t.Id))).ToList();
        return new Page<TaskSummary>(items, rows.Count > limit ? items[^1].Id.ToString("N") : null);
    }

    /// <summary>One task in short, or <see langword="null"/>.</summary>
    public async Task<TaskSummary?> SummaryAsync(Guid id, CancellationToken cancellationToken)
    {
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        var task = await db.Tasks.AsNoTracking().Include(t => t.PullRequest).SingleOrDefaultAsync(t => t.Id == id, cancellationToken);
        if (task is null)
        {
            return null;
        }

        var brains = await BrainsAsync(db, [id], cancellationToken);
        return Summarize(task, brains.GetValueOrDefault(id));
    }

    /// <summary>One task whole, or <see langword="null"/>.</summary>
    public async Task<TaskDetail?> DetailAsync(Guid id, CancellationToken cancellationToken)
    {
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        var task = await db.Tasks.AsNoTracking().Include(t => t.Attempts).Include(t => t.PullRequest)
            .SingleOrDefaultAsync(t => t.Id == id, cancellationToken);
        if (task is null)
        {
            return null;
        }

        var prompts = await TaskRoundReader.PromptsAsync(db, task, cancellationToken);
        return Describe(task, await ResultAsync(db, task, cancellationToken), await AttemptReader.BrainsAsync(db, task, cancellationToken)) with
        {
            TestCommand = prompts[^1].TestCommand,
            Prompts = prompts,
            PullRequest = task.PullRequest is null ? null : await DescribeAsync(db, task.PullRequest, cancellationToken),
            Used = await TaskRoundReader.UsedAsync(db, task, cancellationToken),
        };
    }

    /// <summary>A loaded task whole, with the result that counts and the brains that worked on its attempts.</summary>
    public static TaskDetail Describe(CodingTask task, AttemptResult? result, IReadOnlyDictionary<Guid, string>? brains = null)
    {
        var attempts = task.Attempts.OrderBy(a => a.Number).ToList();
        return new TaskDetail(
            Summarize(task, result?.Brain),
            task.Prompt,
            task.TestCommand,
            task.Attempts.FirstOrDefault(a => a.Id == result?.AttemptId)?.BaseCommit ?? task.BaseCommit,
            task.PullRequest?.HeadCommit,
            task.PullRequest?.Branch,
            (int)task.Timeout.TotalSeconds,
            result?.Summary,
            string.IsNullOrEmpty(result?.Patch) ? null : result.Patch,
            result?.Verification is { } json ? JsonSerializer.Deserialize<VerificationReport>(json, JsonConventions.Options) : null,
            task.PullRequest is null ? null : Describe(task.PullRequest),
            AttemptDescription.Of(task, brains),
            Measure(task, attempts),
            task.CancelRequested,
            task.LastSeq,
            task.Template,
            task.Model)
        {
            ApprovePlan = task.ApprovePlan,
            PauseRequested = task.PauseRequested,
            MessageCount = task.MessageCount,
            Plans =
            [
                .. attempts.Where(a => a.Number >= task.RoundStart && a is { Plan: not null, PlanState: not null })
                    .Select(a => new PlanInfo(a.Number, a.Plan!, a.PlanState!.Value, a.PlanRevision)),
            ],
            LastRound = task.LastRound,
            Prompts = [TaskRoundReader.First(task)],
            Limits = TaskRoundReader.LimitsOf(task),
            Used = new TaskLimits(0, 0, 0),
            SubmittedBy = task.SubmittedBy,
            Answer = Answers.Of(task, result),
            References = Answers.References(task, result),
            HeadRef = task.HeadRef,
            Review = Answers.Review(task, result),
        };
    }

    /// <summary>The log after <paramref name="after"/>, oldest first.</summary>
    public async Task<IReadOnlyList<TaskEventInfo>> EventsAsync(Guid id, long after, int limit, CancellationToken cancellationToken)
    {
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        var rows = await db.TaskEvents.AsNoTracking()
            .Where(e => e.TaskId == id && e.Seq > after)
            .OrderBy(e => e.Seq)
            .Take(limit)
            .ToListAsync(cancellationToken);
        return [.. rows.Select(Describe)];
    }

    /// <summary>Patch of the task's result, or <see langword="null"/>.</summary>
    public async Task<AttemptResult?> ResultAsync(Guid id, CancellationToken cancellationToken)
    {
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        var task = await db.Tasks.AsNoTracking().Include(t => t.Attempts).Include(t => t.PullRequest).SingleOrDefaultAsync(t => t.Id == id, cancellationToken);
        return task is null ? null : await ResultAsync(db, task, cancellationToken);
    }

    /// <summary>Output of one recorded command of the task's result, or <see langword="null"/>.</summary>
    public async Task<string?> EvidenceAsync(Guid id, int position, CancellationToken cancellationToken)
    {
        if (await ResultAsync(id, cancellationToken) is not { } result)
        {
            return null;
        }

        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        return await db.Evidence.AsNoTracking()
            .Where(e => e.AttemptId == result.AttemptId && e.Position == position)
            .Select(e => e.Output)
            .SingleOrDefaultAsync(cancellationToken);
    }

    /// <summary>A page of pull requests, newest first; <paramref name="before"/> is the last number of the page before.</summary>
    public async Task<Page<PullRequestInfo>> PullRequestsAsync(int? before, int limit, PullRequestState? state, CancellationToken cancellationToken)
    {
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        var query = db.PullRequests.AsNoTracking();
        if (before is { } cursor)
        {
            query = query.Where(p => p.Number < cursor);
        }

        if (state is { } wanted)
        {
            query = query.Where(p => p.State == wanted);
        }

        var rows = await query.OrderByDescending(p => p.Number).Take(limit + 1).ToListAsync(cancellationToken);
        var open = await ReviewTables.OpenCommentsAsync(db, [.. rows.Select(p => p.Id)], cancellationToken);
        var items = rows.Take(limit).Select(p => Commented(Describe(p), open.GetValueOrDefault(p.Id))).ToList();
        return new Page<PullRequestInfo>(items, rows.Count > limit ? items[^1].Number.ToString() : null);
    }

    /// <summary>One pull request, or <see langword="null"/>.</summary>
    public async Task<PullRequestInfo?> PullRequestAsync(int number, CancellationToken cancellationToken)
    {
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        var pull = await db.PullRequests.AsNoTracking().SingleOrDefaultAsync(p => p.Number == number, cancellationToken);
        return pull is null ? null : await DescribeAsync(db, pull, cancellationToken);
    }

    private static async Task<Dictionary<Guid, string>> BrainsAsync(TasksDbContext db, IReadOnlyList<Guid> ids, CancellationToken cancellationToken)
    {
        var rows = await db.AttemptResults.AsNoTracking()
            .Where(r => ids.Contains(r.TaskId))
            .Select(r => new { r.TaskId, r.Brain })
            .ToListAsync(cancellationToken);
        return rows.GroupBy(r => r.TaskId).ToDictionary(group => group.Key, group => group.Last().Brain);
    }

    // The chosen patch, else the best verified one so far, else the one that is published, else the newest partial one.
    private static async Task<AttemptResult?> ResultAsync(TasksDbContext db, CodingTask task, CancellationToken cancellationToken)
    {
        var results = await db.AttemptResults.AsNoTracking().Where(r => r.TaskId == task.Id).ToListAsync(cancellationToken);
        var round = task.Attempts.Where(a => a.Number >= task.RoundStart).ToList();
        var best = task.WinningAttemptId ?? (AttemptRanking.Rank(round) is [var first, ..] ? round.Find(a => a.Number == first.Number)?.Id : null);
        return results.Find(r => r.AttemptId == (best ?? task.PullRequest?.PublishedAttemptId))
            ?? round.OrderByDescending(a => a.Number)
                .Select(a => results.Find(r => r.AttemptId == a.Id))
                .FirstOrDefault(r => r is not null);
    }

    private static TaskSummary Summarize(CodingTask task, string? brain) => new(
        task.Id,
        task.Title,
        task.Repository,
        task.BaseRef,
        task.State,
        task.Reason,
        brain ?? JsonNamingPolicy.SnakeCaseLower.ConvertName(task.Brain.ToString()),
        task.Stage,
        task.CandidatesTried,
        task.CreatedAt,
        task.StartedAt,
        task.FinishedAt,
        task.PullRequest?.Number,
        task.PullRequest?.State)
    {
        Kind = task.Kind,
    };

    private static TaskUsage Measure(CodingTask task, List<Attempt> attempts) => new(
        task.FinishedAt is { } end ? Math.Round((end - task.CreatedAt).TotalSeconds, 3) : 0,
        task.StartedAt is { } start ? Math.Round((start - task.CreatedAt).TotalSeconds, 3) : 0,
        attempts.LastOrDefault(a => a.SandboxReady is not null)?.SandboxReady is { } ready ? Math.Round(ready.TotalSeconds, 3) : 0,
        task.CandidatesTried,
        attempts.Sum(a => a.InputTokens),
        attempts.Sum(a => a.OutputTokens),
        attempts.Sum(a => a.CachedInputTokens),
        attempts.Sum(a => a.Cost));

    private static TaskEventInfo Describe(TaskEvent entry) => new(
        entry.Seq,
        entry.Type,
        entry.At,
        entry.Attempt,
        entry.Message,
        entry.Data is null ? null : JsonSerializer.Deserialize<JsonElement>(entry.Data));

    private static async Task<PullRequestInfo> DescribeAsync(TasksDbContext db, PullRequest pull, CancellationToken cancellationToken) =>
        Commented(Describe(pull), (await ReviewTables.OpenCommentsAsync(db, [pull.Id], cancellationToken)).GetValueOrDefault(pull.Id));

    // Nobody waits for a commit any more once it is merged or closed.
    private static PullRequestInfo Commented(PullRequestInfo pull, int comments) => pull.State is PullRequestState.Open or PullRequestState.Merging
        ? pull with { OpenComments = comments }
        : pull with { UnaddressedComments = comments };

    private static PullRequestInfo Describe(PullRequest pull) => new(
        pull.Number,
        pull.TaskId,
        pull.Url,
        pull.Title,
        pull.Body,
        pull.State,
        pull.Repository,
        pull.BaseRef,
        pull.Branch,
        pull.HeadCommit,
        pull.MergeCommit,
        pull.Note,
        pull.HeldForApproval,
        pull.CreatedAt,
        pull.ClosedAt)
    {
        Conflicts = pull.Conflicts,
    };
}
