using CodexService.Contracts.Api;
using CodexService.GitHub;
using CodexService.GitHub.Rest;
using CodexService.PullRequests.Forges.GitHub;
using CodexService.PullRequests.Pending;
using CodexService.Repositories;
using CodexService.ServiceDefaults;
using CodexService.Tasks.Persistence;
using CodexService.Tasks.PullRequests;
using Microsoft.EntityFrameworkCore;

namespace CodexService.PullRequests.FollowUps;

/// <summary>
/// Looks at the start and every ten minutes how our open pull requests are on GitHub: what is told while the service is away comes
/// no second time by itself. Answers that have not changed do not count against GitHub's limit.
/// </summary>
internal sealed partial class OpenPullRequestPoller(
    OurWork work,
    PullRequestFollower follower,
    IGitHub github,
    IDbContextFactory<TasksDbContext> contexts,
    TimeProvider time,
    ILogger<OpenPullRequestPoller> logger) : BackgroundService
{
    private const int Batch = 100;
    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(10);

    /// <summary>Looks at all of them once; leaves it when another process is at it.</summary>
    public async Task LookAsync(CancellationToken cancellationToken)
    {
        if (github.Access == GitHubAccess.None)
        {
            return;
        }

        await using var turn = await DatabaseLock.TryTakeAsync(contexts, "open-pull-requests", cancellationToken);
        if (turn is null)
        {
            return;
        }

        var repositories = new Dictionary<RepositoryName, RepositoryInfo>();
        for (var (last, page) = (Guid.Empty, await PageAsync(Guid.Empty, cancellationToken)); page.Count > 0; page = await PageAsync(last, cancellationToken))
        {
            foreach (var pull in page)
            {
                last = pull.Id;
                try
                {
                    await FollowAsync(pull, repositories, cancellationToken);
                }
                catch (GitHubException e) when (e.Failure == GitHubFailure.RateLimited)
                {
                    LogPutOff(e.Message);
                    return;
                }
                catch (Exception e) when (!cancellationToken.IsCancellationRequested)
                {
                    // One that cannot be looked at must not hold up the others.
                    LogNotSeen(pull.ShownNumber, pull.Repository, e.Message);
                }
            }
        }
    }

    protected override Task ExecuteAsync(CancellationToken stoppingToken) => PeriodicWork.RunAsync(Interval, time, LookAsync, e => LogPutOff(e.Message), stoppingToken);

    private async Task<List<PullRequest>> PageAsync(Guid after, CancellationToken cancellationToken)
    {
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        return await db.PullRequests.AsNoTracking()
            .Where(pull => pull.Forge == ForgeNames.GitHub && pull.ForgeNumber != null && pull.State == PullRequestState.Open && pull.Id.CompareTo(after) > 0)
            .OrderBy(pull => pull.Id)
            .Take(Batch)
            .ToListAsync(cancellationToken);
    }

    private async Task FollowAsync(PullRequest pull, Dictionary<RepositoryName, RepositoryInfo> repositories, CancellationToken cancellationToken)
    {
        if (GitHubTarget.Name(github, RepositoryAddress.Parse(pull.Repository)) is not { } name || await work.OfTaskAsync(pull.TaskId, cancellationToken) is not { } ours)
        {
            return;
        }

        var repository = github.Repository(name);
        if (!repositories.TryGetValue(name, out var info))
        {
            repositories[name] = info = await repository.GetAsync(cancellationToken);
        }

        // Another repository may have the name by now; its pull requests are not ours.
        if (pull.RepositoryId is null || pull.RepositoryId == info.Id)
        {
            await follower.FollowAsync(repository, ours, "somebody", cancellationToken);
        }
    }

    [LoggerMessage(LogLevel.Information, "How pull request #{Number} of {Repository} is on GitHub could not be seen: {Reason}")]
    private partial void LogNotSeen(int number, string repository, string reason);

    [LoggerMessage(LogLevel.Warning, "Looking at our open pull requests on GitHub was put off by ten minutes: {Reason}")]
    private partial void LogPutOff(string reason);
}
