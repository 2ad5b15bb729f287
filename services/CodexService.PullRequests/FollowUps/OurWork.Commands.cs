using CodexService.Contracts.Api;
using CodexService.GitHub.Rest;
using CodexService.Tasks;
using CodexService.Tasks.PullRequests;
using Microsoft.EntityFrameworkCore;

namespace CodexService.PullRequests.FollowUps;

/// <content>Which task of an issue or pull request a person means who says only <c>stop</c> or <c>retry</c>.</content>
internal sealed partial class OurWork
{
    /// <summary>
    /// The task to stop, of any kind: the newest that is worked on and was not stopped yet, else the newest of all; <see langword="null"/>
    /// without any.
    /// </summary>
    public async Task<Guid?> ToStopAsync(RepositoryInfo repository, int number, CancellationToken cancellationToken)
    {
        var tasks = await AllAsync(repository, number, cancellationToken);
        return tasks.OrderByDescending(task => task.IsActive && task is { CancelRequested: false, State: not TaskState.Publishing }).ThenByDescending(task => task.IsActive).Select(task => (Guid?)task.Id).FirstOrDefault();
    }

    /// <summary>
    /// The task to try again, of any kind: one that is worked on, so that the answer says so, else the one that ended last without success. Of each
    /// kind the newest task alone counts, as it stands for what came before it. <see langword="null"/> without any.
    /// </summary>
    public async Task<Guid?> ToRetryAsync(RepositoryInfo repository, int number, CancellationToken cancellationToken)
    {
        var tasks = await AllAsync(repository, number, cancellationToken);
        return tasks.DistinctBy(task => task.Kind)
            .OrderByDescending(task => task.IsActive)
            .ThenBy(task => task.State == TaskState.Succeeded)
            .ThenByDescending(task => task.FinishedAt)
            .Select(task => (Guid?)task.Id)
            .FirstOrDefault();
    }

    // Newest first.
    private async Task<IReadOnlyList<Candidate>> AllAsync(RepositoryInfo repository, int number, CancellationToken cancellationToken)
    {
        var addresses = Addresses(repository);
        string[] names = [repository.FullName.ToLowerInvariant()];
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        var published = db.PullRequests
            .Where(pull => pull.Forge == ForgeNames.GitHub && pull.ForgeNumber == number
                && (pull.RepositoryId == repository.Id || (pull.RepositoryId == null && addresses.Contains(pull.Repository.ToLower()))))
            .Select(pull => pull.TaskId);
        var asked = db.TaskOrigins
            .Where(origin => origin.Number == number && (origin.RepositoryId == repository.Id || (origin.RepositoryId == null && names.Contains(origin.Repository.ToLower()))))
            .Select(origin => origin.TaskId);
        var ids = published.Union(asked);
        return await db.Tasks
            .Where(task => ids.Contains(task.Id))
            .OrderByDescending(task => task.Id)
            .Select(task => new Candidate(task.Id, task.Kind, task.RoundState ?? task.State, task.CancelRequested, task.FinishedAt))
            .ToListAsync(cancellationToken);
    }

    private sealed record Candidate(Guid Id, TaskKind Kind, TaskState State, bool CancelRequested, DateTimeOffset? FinishedAt)
    {
        public bool IsActive => !CodingTask.IsTerminalState(State);
    }
}
