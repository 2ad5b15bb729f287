using CodexService.GitHub;
using CodexService.GitHub.Rest;
using CodexService.PullRequests.Forges.GitHub;
using CodexService.PullRequests.Pending;
using CodexService.Tasks.Persistence;
using CodexService.Tasks.Reports;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace CodexService.PullRequests.Reporting;

/// <summary>
/// Keeps what GitHub shows of a task true: reads the task, computes what is to be seen, and makes only the calls that are missing. What
/// was done is stored after each call and looked up on GitHub before anything is made, so that a repetition finds it. Thread-safe.
/// </summary>
internal sealed partial class TaskReporter(
    IGitHub github,
    IDbContextFactory<TasksDbContext> contexts,
    TaskStandingReader standings,
    TaskStore store,
    CheckRefusals refusals,
    RepositoryIdentities identities,
    IOptions<GitHubForgeOptions> options,
    TimeProvider time,
    ILogger<TaskReporter> logger)
{
    /// <summary>How long a report that fails in passing is tried again, with growing pauses; a new state of the task begins it anew.</summary>
    internal static readonly TimeSpan Patience = TimeSpan.FromDays(3);

    private const int LongestProblem = 500;

    /// <summary>Tasks whose report may not be what it should be.</summary>
    public async Task<IReadOnlyList<Guid>> FindDueAsync(CancellationToken cancellationToken)
    {
        if (github.Access == GitHubAccess.None)
        {
            return [];
        }

        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        var now = time.GetUtcNow();
        return await (
            from task in db.Tasks
            where db.TaskOrigins.Any(origin => origin.TaskId == task.Id) || db.PullRequests.Any(pull => pull.TaskId == task.Id && pull.ForgeNumber != null)
            join report in db.GitHubReports on task.Id equals report.TaskId into reports
            from report in reports.DefaultIfEmpty()
            where report == null || ((!report.Settled || report.SeenSeq < task.LastSeq) && (report.NextTryAt == null || report.NextTryAt <= now))
            orderby task.Id descending
            select task.Id).Take(500).ToListAsync(cancellationToken);
    }

    /// <summary>Brings GitHub to what it should show of the task; does nothing for a task that GitHub shows nothing of, or that is not due.</summary>
    public async Task ReportAsync(Guid taskId, CancellationToken cancellationToken)
    {
        if (github.Access == GitHubAccess.None)
        {
            // An App may be connected at any time; then the next look finds the task.
            return;
        }

        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        var seen = await db.Tasks.Where(task => task.Id == taskId).Select(task => task.LastSeq).SingleOrDefaultAsync(cancellationToken);
        if (await ReportPlace.FindAsync(db, github, taskId, cancellationToken) is not { } place)
        {
            await SettleAsync(db, taskId, seen, cancellationToken);
            return;
        }

        await using var turn = await DatabaseLock.TryTakeAsync(contexts, $"report:{taskId:D}", cancellationToken);
        if (turn is null)
        {
            // Another process is at it and hears of every change as this one does.
            return;
        }

        var report = await db.GitHubReports.SingleOrDefaultAsync(r => r.TaskId == taskId, cancellationToken)
            ?? db.GitHubReports.Add(new GitHubReport { TaskId = taskId, Mark = HiddenMark.NewSecret() }).Entity;
        if (report.NextTryAt <= time.GetUtcNow() || report.NextTryAt is null)
        {
            await ReportAsync(db, place, report, cancellationToken);
        }
    }

    private async Task ReportAsync(TasksDbContext db, ReportPlace place, GitHubReport report, CancellationToken cancellationToken)
    {
        // First of all, before anything is read that takes time.
        await db.SaveChangesAsync(cancellationToken);
        try
        {
            var standing = await standings.ReadAsync(place, cancellationToken);
            if (report.RefusedAt != standing.Milestone)
            {
                report.Refused = GitHubReportParts.None;
                report.RefusedAt = standing.Milestone;
                (report.Tries, report.FailingSince) = (0, null);
            }

            var pass = new ReportPass(db, place, report, github.Repository(place.Repository), standing, refusals, options.Value.Labels, time, logger);
            var problem = report.Refused != GitHubReportParts.All && await WhyNowhereAsync(place, cancellationToken) is { } nowhere
                ? await GiveUpAsync(report, nowhere, cancellationToken)
                : await RunAsync(pass, report, cancellationToken);
            report.SeenSeq = standing.LastSeq;
            report.Settled = standing.IsOver;
            report.Problem = problem ?? (report.Refused == GitHubReportParts.None ? null : report.Problem);
            (report.Tries, report.FailingSince, report.NextTryAt) = (0, null, null);
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested)
        {
            Postpone(report, e);
            if (report.Settled)
            {
                await TellAsync(report.TaskId, report.Problem!, cancellationToken);

                // Given up until the task changes: what it is now has been seen.
                report.SeenSeq = await db.Tasks.Where(task => task.Id == report.TaskId).Select(task => task.LastSeq).SingleAsync(cancellationToken);
            }
        }

        await db.SaveChangesAsync(cancellationToken);
    }

    // It is of another GitHub than the one that is connected now. Without a row it would be due for ever; its next change looks again.
    private static Task<int> SettleAsync(TasksDbContext db, Guid taskId, long seen, CancellationToken cancellationToken) => db.Database.ExecuteSqlAsync(
        $"""
        INSERT INTO github_reports (task_id, mark, seen_seq, settled, comments_made, check_round, refused, tries)
        SELECT id, {HiddenMark.NewSecret()}, {seen}, true, 0, 0, 'None', 0 FROM tasks
        WHERE id = {taskId} AND (EXISTS (SELECT 1 FROM task_origins o WHERE o.task_id = id) OR EXISTS (SELECT 1 FROM pull_requests p WHERE p.task_id = tasks.id AND p.forge_number IS NOT NULL))
        ON CONFLICT (task_id) DO UPDATE SET seen_seq = excluded.seen_seq, settled = true, next_try_at = NULL
        """,
        cancellationToken);

    /// <summary>Why nothing of the task can be told anywhere; <see langword="null"/> when it can.</summary>
    /// <exception cref="GitHubException">It may pass; all waits.</exception>
    private async Task<string?> WhyNowhereAsync(ReportPlace place, CancellationToken cancellationToken)
    {
        try
        {
            return await identities.WhyAnotherAsync(place.Repository, place.RepositoryId, cancellationToken);
        }
        catch (GitHubException e) when (!e.IsPassing)
        {
            return e.Message;
        }
    }

    private async Task<string> GiveUpAsync(GitHubReport report, string problem, CancellationToken cancellationToken)
    {
        LogRefused(report.TaskId, GitHubReportParts.All, problem);
        await TellAsync(report.TaskId, Shorten(problem), cancellationToken);
        report.Refused = GitHubReportParts.All;
        return Shorten(problem);
    }

    /// <summary>Does every part that is not given up; the answer is what stands against one of them.</summary>
    /// <exception cref="GitHubException">It may pass; the rest waits.</exception>
    private async Task<string?> RunAsync(ReportPass pass, GitHubReport report, CancellationToken cancellationToken)
    {
        string? first = null;
        foreach (var (part, work) in pass.Parts)
        {
            if (report.Refused.HasFlag(part))
            {
                continue;
            }

            string? problem;
            try
            {
                problem = await work(cancellationToken);
            }
            catch (GitHubException e) when (!e.IsPassing && e.Failure != GitHubFailure.Conflict)
            {
                problem = pass.Explain(e);
            }

            if (problem is not null)
            {
                LogRefused(report.TaskId, part, problem);
                await TellAsync(report.TaskId, Shorten(problem), cancellationToken);
                report.Refused |= part;
                first ??= Shorten(problem);
            }

            await pass.SaveAsync(cancellationToken);
        }

        return first;
    }

    private static string Shorten(string problem) => problem.Length > LongestProblem ? problem[..LongestProblem] : problem;

    private void Postpone(GitHubReport report, Exception e)
    {
        var failure = e as GitHubException;
        var now = time.GetUtcNow();
        report.Tries++;
        report.FailingSince ??= now;
        report.Problem = failure?.Message ?? "an error inside the service; its log says which";
        if (now - report.FailingSince >= Patience)
        {
            report.Problem = Shorten($"given up after {Patience.TotalDays:0} days: {report.Problem}");
            report.Refused = GitHubReportParts.All;
            report.NextTryAt = null;
            report.Settled = true;
            LogGivenUp(report.TaskId, report.Tries, report.Problem);
            return;
        }

        report.NextTryAt = now + GrowingPause.After(report.Tries, failure?.RetryAfter);
        report.Settled = false;
        if (failure is null)
        {
            LogBroken(e, report.TaskId);
        }
        else
        {
            LogPostponed(report.TaskId, report.Tries, failure.Message);
        }
    }

    [LoggerMessage(LogLevel.Warning, "GitHub cannot show the {Part} of task {TaskId}: {Problem}")]
    private partial void LogRefused(Guid taskId, GitHubReportParts part, string problem);

    [LoggerMessage(LogLevel.Warning, "Reporting task {TaskId} to GitHub failed (try {Try}): {Problem}; it is tried again")]
    private partial void LogPostponed(Guid taskId, int @try, string problem);

    [LoggerMessage(LogLevel.Error, "Reporting task {TaskId} to GitHub, tried {Tries} times, rests until the task changes: {Problem}")]
    private partial void LogGivenUp(Guid taskId, int tries, string problem);

    [LoggerMessage(LogLevel.Error, "Reporting task {TaskId} to GitHub hit an unexpected error; it is tried again")]
    private partial void LogBroken(Exception exception, Guid taskId);
}
