using CodexService.Contracts.Api;
using CodexService.GitHub;
using CodexService.GitHub.Rest;
using CodexService.PullRequests.Forges.GitHub;
using CodexService.PullRequests.Pending;
using CodexService.Repositories;
using CodexService.Tasks.Persistence;
using CodexService.Tasks.PullRequests;
using Microsoft.EntityFrameworkCore;

namespace CodexService.PullRequests.FollowUps;

/// <summary>
/// Looks at the start and every ten minutes how our open pull requests are on GitHub: what is told while the service is away comes
/// no second time by itself. Answers that have not changed do not count against GitHub's limit. One that GitHub does not show any more, as
/// its repository was deleted or taken from the credentials, is asked for less and less often, and no more after 30 days.
/// </summary>
internal sealed partial class OpenPullRequestPoller(
    OurWork work,
    PullRequestFollower follower,
    IGitHub github,
    IDbContextFactory<TasksDbContext> contexts,
    TaskStore store,
    TimeProvider time,
    ILogger<OpenPullRequestPoller> logger) : GitHubPoller("open-pull-requests", "Looking at our open pull requests on GitHub", Interval, github, contexts, time, logger)
{
    private const int Batch = 100;
    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(10);

    protected override async Task AskAsync(CancellationToken cancellationToken)
    {
        if (GitHub.Access == GitHubAccess.None)
        {
            return;
        }

        var repositories = new Dictionary<RepositoryName, Task<RepositoryInfo>>();
        for (var (last, page) = (Guid.Empty, await PageAsync(Guid.Empty, cancellationToken)); page.Count > 0; page = await PageAsync(last, cancellationToken))
        {
            foreach (var one in page)
            {
                last = one.Pull.Id;
                try
                {
                    await FollowAsync(one, repositories, cancellationToken);
                }
                catch (GitHubException e) when (!e.IsPassing && e.Failure != GitHubFailure.Credentials)
                {
                    await NotSeenAsync(one.Pull, e.Message, cancellationToken);
                }
                catch (Exception e) when (!cancellationToken.IsCancellationRequested && e is not GitHubException { Failure: GitHubFailure.RateLimited or GitHubFailure.Credentials })
                {
                    // One that cannot be looked at must not hold up the others.
                    LogNotSeen(one.Pull.ShownNumber, one.Pull.Repository, e.Message);
                }
            }
        }
    }

    private async Task<List<Due>> PageAsync(Guid after, CancellationToken cancellationToken)
    {
        var now = Now;
        await using var db = await Contexts.CreateDbContextAsync(cancellationToken);
        return await db.PullRequests.AsNoTracking()
            .Where(pull => pull.Forge == ForgeNames.GitHub && pull.ForgeNumber != null && pull.State == PullRequestState.Open && pull.Id.CompareTo(after) > 0)
            .Where(pull => pull.UnseenSince == null || pull.NextLookAt <= now)
            .OrderBy(pull => pull.Id)
            .Take(Batch)
            .Select(pull => new Due(pull, db.InstalledRepositories.Any(known => known.RepositoryId == pull.RepositoryId && !known.Installed)))
            .ToListAsync(cancellationToken);
    }

    private async Task FollowAsync(Due due, Dictionary<RepositoryName, Task<RepositoryInfo>> repositories, CancellationToken cancellationToken)
    {
        var pull = due.Pull;
        if (GitHubTarget.Name(GitHub, RepositoryAddress.Parse(pull.Repository)) is not { } name || await work.OfTaskAsync(pull.TaskId, cancellationToken) is not { } ours)
        {
            return;
        }

        if (due.IsTaken && GitHub.Access == GitHubAccess.App)
        {
            throw new GitHubException(GitHubFailure.NotFound, $"the GitHub App is no longer installed on {name}: install it there again");
        }

        var repository = GitHub.Repository(name);
        if (!repositories.TryGetValue(name, out var asked))
        {
            // What GitHub says of a repository, a refusal too, holds for all that are of it.
            repositories[name] = asked = repository.GetAsync(cancellationToken);
        }

        if (GitHubTarget.WhyAnother(await asked, pull.RepositoryId) is { } another)
        {
            throw new GitHubException(GitHubFailure.NotFound, another);
        }

        await follower.FollowAsync(repository, ours, "somebody", cancellationToken);
    }

    private async Task NotSeenAsync(PullRequest pull, string reason, CancellationToken cancellationToken)
    {
        await store.ChangeAsync(pull.TaskId, (task, _, _) => task.NotSeenOnForge(reason, Now), cancellationToken);
        if (pull.UnseenSince is null)
        {
            LogUnseen(pull.ShownNumber, pull.Repository, PullRequest.UnseenPatience.TotalDays, reason);
        }
    }

    [LoggerMessage(LogLevel.Warning, "GitHub does not show pull request #{Number} of {Repository} and is asked less and less often, and no more after {Days} days: {Reason}")]
    private partial void LogUnseen(int number, string repository, double days, string reason);

    [LoggerMessage(LogLevel.Information, "How pull request #{Number} of {Repository} is on GitHub could not be seen: {Reason}")]
    private partial void LogNotSeen(int number, string repository, string reason);

    /// <summary>One to look at.</summary>
    /// <param name="Pull">As it is stored.</param>
    /// <param name="IsTaken">Whether GitHub told that the App was taken from its repository.</param>
    private sealed record Due(PullRequest Pull, bool IsTaken);
}
