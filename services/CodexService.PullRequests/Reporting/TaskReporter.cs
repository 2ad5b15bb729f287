using CodexService.GitHub;
using CodexService.GitHub.Rest;
using CodexService.Tasks.Origins;
using CodexService.Tasks.Persistence;
using CodexService.Tasks.Reports;
using Microsoft.EntityFrameworkCore;

namespace CodexService.PullRequests.Reporting;

/// <summary>
/// Keeps what GitHub shows of a task true: reads the task, computes what is to be seen, and makes only the calls that are missing. What
/// was done is stored after each call and looked up on GitHub before anything is made, so that a repetition finds it. Thread-safe.
/// </summary>
internal sealed partial class TaskReporter(
    IGitHub github,
    IDbContextFactory<TasksDbContext> contexts,
    TaskStandingReader standings,
    CheckRefusals refusals,
    TimeProvider time,
    ILogger<TaskReporter> logger)
{
    /// <summary>Tries in a row before a part is given up; with the pauses about half an hour.</summary>
    internal const int MostTries = 9;

    private const int LongestProblem = 500;

    private static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan LongestPause = TimeSpan.FromMinutes(10);

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
            from origin in db.TaskOrigins
            join task in db.Tasks on origin.TaskId equals task.Id
            join report in db.GitHubReports on origin.TaskId equals report.TaskId into reports
            from report in reports.DefaultIfEmpty()
            where report == null || ((!report.Settled || report.SeenSeq < task.LastSeq) && (report.NextTryAt == null || report.NextTryAt <= now))
            orderby task.Id descending
            select task.Id).Take(500).ToListAsync(cancellationToken);
    }

    /// <summary>Brings GitHub to what it should show of the task; does nothing for a task that did not come from GitHub, or that is not due.</summary>
    public async Task ReportAsync(Guid taskId, CancellationToken cancellationToken)
    {
        if (github.Access == GitHubAccess.None)
        {
            // An App may be connected at any time; then the next look finds the task.
            return;
        }

        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        var origin = await db.TaskOrigins.AsNoTracking().SingleOrDefaultAsync(o => o.TaskId == taskId, cancellationToken);
        if (origin is null || !RepositoryName.TryParse(origin.Repository, out var repository))
        {
            return;
        }

        await using var turn = await ReportTurn.TryTakeAsync(db, taskId, cancellationToken);
        if (turn is null)
        {
            // Another process is at it and hears of every change as this one does.
            return;
        }

        var report = await db.GitHubReports.SingleOrDefaultAsync(r => r.TaskId == taskId, cancellationToken)
            ?? db.GitHubReports.Add(new GitHubReport { TaskId = taskId, Mark = HiddenMark.NewSecret() }).Entity;
        if (report.NextTryAt <= time.GetUtcNow() || report.NextTryAt is null)
        {
            await ReportAsync(db, origin, report, github.Repository(repository), cancellationToken);
        }
    }

    private async Task ReportAsync(TasksDbContext db, TaskOrigin origin, GitHubReport report, IGitHubRepository repository, CancellationToken cancellationToken)
    {
        // First of all, before anything is read that takes time.
        await db.SaveChangesAsync(cancellationToken);
        try
        {
            var standing = await standings.ReadAsync(origin, cancellationToken);
            if (report.RefusedAt != standing.Milestone)
            {
                report.Refused = GitHubReportParts.None;
                report.RefusedAt = standing.Milestone;
                report.Tries = 0;
            }

            var pass = new ReportPass(db, origin, report, repository, standing, refusals, time);
            var problem = await RunAsync(pass, report, cancellationToken);
            report.SeenSeq = standing.LastSeq;
            report.Settled = standing.IsOver;
            report.Problem = problem ?? (report.Refused == GitHubReportParts.None ? null : report.Problem);
            report.Tries = 0;
            report.NextTryAt = null;
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested)
        {
            Postpone(report, e);
            if (report.Settled)
            {
                // Given up until the task changes: what it is now has been seen.
                report.SeenSeq = await db.Tasks.Where(task => task.Id == report.TaskId).Select(task => task.LastSeq).SingleAsync(cancellationToken);
            }
        }

        await db.SaveChangesAsync(cancellationToken);
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
                report.Refused |= part;
                first ??= problem.Length > LongestProblem ? problem[..LongestProblem] : problem;
                LogRefused(report.TaskId, part, problem);
            }

            await pass.SaveAsync(cancellationToken);
        }

        return first;
    }

    private void Postpone(GitHubReport report, Exception e)
    {
        var failure = e as GitHubException;
        report.Tries++;
        report.Problem = failure?.Message ?? "an error inside the service; its log says which";
        if (report.Tries >= MostTries)
        {
            report.Refused = GitHubReportParts.All;
            report.NextTryAt = null;
            report.Settled = true;
            LogGivenUp(report.TaskId, report.Tries, report.Problem);
            return;
        }

        var pause = FirstPause * Math.Pow(2, report.Tries - 1);
        pause = pause < LongestPause ? pause : LongestPause;
        report.NextTryAt = time.GetUtcNow() + (failure?.RetryAfter > pause ? failure.RetryAfter.Value : pause);
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

    [LoggerMessage(LogLevel.Error, "Reporting task {TaskId} to GitHub is given up after {Tries} tries until the task changes: {Problem}")]
    private partial void LogGivenUp(Guid taskId, int tries, string problem);

    [LoggerMessage(LogLevel.Error, "Reporting task {TaskId} to GitHub hit an unexpected error; it is tried again")]
    private partial void LogBroken(Exception exception, Guid taskId);
}
