using CodexService.Contracts.Api;
using CodexService.GitHub.Rest;
using CodexService.Repositories;
using CodexService.Tasks.Persistence;
using CodexService.Tasks.PullRequests;
using Microsoft.EntityFrameworkCore;

namespace CodexService.PullRequests.FollowUps;

/// <summary>Finds the tasks behind pull requests, commits and issues of GitHub. Thread-safe.</summary>
internal sealed partial class OurWork(IDbContextFactory<TasksDbContext> contexts)
{
    /// <summary>Our pull request with this number on GitHub.</summary>
    public Task<OurPullRequest?> PullRequestAsync(RepositoryInfo repository, int number, CancellationToken cancellationToken) =>
        FindAsync(repository, pulls => pulls.Where(pull => pull.ForgeNumber == number), cancellationToken);

    /// <summary>Our open pull request with this head.</summary>
    public Task<OurPullRequest?> ByHeadAsync(RepositoryInfo repository, string commit, CancellationToken cancellationToken) =>
        FindAsync(repository, pulls => pulls.Where(pull => pull.HeadCommit == commit && pull.State == PullRequestState.Open), cancellationToken);

    /// <summary>Our open pull requests that are meant for a branch.</summary>
    public async Task<IReadOnlyList<PullRequest>> OnBaseAsync(RepositoryInfo repository, string branch, CancellationToken cancellationToken)
    {
        var addresses = Addresses(repository);
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        return await db.PullRequests.AsNoTracking()
            .Where(pull => pull.Forge == ForgeNames.GitHub && pull.BaseRef == branch
                && (pull.RepositoryId == repository.Id || (pull.RepositoryId == null && addresses.Contains(pull.Repository.ToLower())))
                && (pull.State == PullRequestState.Open || pull.State == PullRequestState.Merging))
            .OrderBy(pull => pull.Id)
            .ToListAsync(cancellationToken);
    }

    /// <summary>The pull request of a task.</summary>
    public async Task<OurPullRequest?> OfTaskAsync(Guid taskId, CancellationToken cancellationToken)
    {
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        return await With(db, db.PullRequests.Where(pull => pull.TaskId == taskId)).SingleOrDefaultAsync(cancellationToken);
    }

    /// <summary>State of a task; <see langword="null"/> when there is none.</summary>
    public async Task<TaskState?> StateAsync(Guid taskId, CancellationToken cancellationToken)
    {
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        return await db.Tasks.Where(task => task.Id == taskId).Select(task => (TaskState?)task.State).SingleOrDefaultAsync(cancellationToken);
    }

    /// <summary>
    /// Tasks of a repository whose branch is being published right now: what GitHub tells of it may come before we know. A task keeps the
    /// address that it was submitted with, so its name counts only where no id is known.
    /// </summary>
    public async Task<IReadOnlyList<Guid>> PublishingAsync(RepositoryInfo repository, CancellationToken cancellationToken)
    {
        var addresses = Addresses(repository);
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        return await db.Tasks
            .Where(task => task.State == TaskState.Publishing)
            .Select(task => new
            {
                task.Id,
                task.Repository,
                Known = task.PullRequest!.RepositoryId ?? db.TaskOrigins.Where(origin => origin.TaskId == task.Id).Select(origin => origin.RepositoryId).FirstOrDefault(),
            })
            .Where(task => task.Known == repository.Id || (task.Known == null && addresses.Contains(task.Repository.ToLower())))
            .Select(task => task.Id).ToListAsync(cancellationToken);
    }

    /// <summary>The newest task that came from an issue or pull request, or whose pull request it is; questions and reviews do not count.</summary>
    public async Task<OurTask?> TaskAsync(RepositoryInfo repository, int number, CancellationToken cancellationToken)
    {
        if (await PullRequestAsync(repository, number, cancellationToken) is { } ours)
        {
            return new OurTask(ours.TaskId, ours.TaskState, ours.Pull);
        }

        string[] names = [repository.FullName.ToLowerInvariant()];
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        return await (
            from origin in db.TaskOrigins.AsNoTracking()
            join task in db.Tasks on origin.TaskId equals task.Id
            where origin.Number == number && (origin.RepositoryId == repository.Id || (origin.RepositoryId == null && names.Contains(origin.Repository.ToLower()))) && task.Kind == TaskKind.Change
            orderby task.Id descending
            select new OurTask(task.Id, task.RoundState ?? task.State, task.PullRequest)).FirstOrDefaultAsync(cancellationToken);
    }

    private async Task<OurPullRequest?> FindAsync(RepositoryInfo repository, Func<IQueryable<PullRequest>, IQueryable<PullRequest>> which, CancellationToken cancellationToken)
    {
        var addresses = Addresses(repository);
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        var pulls = which(db.PullRequests.Where(pull => pull.Forge == ForgeNames.GitHub
            && (pull.RepositoryId == repository.Id || (pull.RepositoryId == null && addresses.Contains(pull.Repository.ToLower())))));
        return await With(db, pulls).FirstOrDefaultAsync(cancellationToken);
    }

    private static IQueryable<OurPullRequest> With(TasksDbContext db, IQueryable<PullRequest> pulls) =>
        from pull in pulls.AsNoTracking()
        join task in db.Tasks on pull.TaskId equals task.Id
        orderby pull.Id descending
        select new OurPullRequest(pull.TaskId, pull, task.RoundState ?? task.State);

    // People submit a clone URL over HTTPS or SSH, with or without its ending, in any case.
    private static string[] Addresses(RepositoryInfo repository)
    {
        var address = RepositoryAddress.Parse(repository.CloneUrl).Value.ToLowerInvariant();
        address = address.EndsWith(".git", StringComparison.Ordinal) ? address[..^4] : address;
        string[] forms = Uri.TryCreate(address, UriKind.Absolute, out var url)
            ? [address, $"git@{url.Host}:{url.AbsolutePath.TrimStart('/')}", $"ssh://git@{url.Host}{url.AbsolutePath}"]
            : [address];
        return [.. forms, .. forms.Select(form => $"{form}.git")];
    }
}

/// <summary>A pull request of ours on GitHub, and how its task's newest round ended or where it is.</summary>
internal sealed record OurPullRequest(Guid TaskId, PullRequest Pull, TaskState TaskState);

/// <summary>A task of ours, and how its newest round ended or where it is.</summary>
internal sealed record OurTask(Guid Id, TaskState State, PullRequest? Pull)
{
    /// <summary>Whether it is being worked on.</summary>
    public bool IsActive => !Tasks.CodingTask.IsTerminalState(State);

    /// <summary>Whether a round can be added to it now or when it ends.</summary>
    public bool CanGoOn => Pull is null or { State: PullRequestState.Open or PullRequestState.Merging };
}
