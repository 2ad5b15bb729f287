using CodexService.Cli.Client;
using CodexService.Cli.Terminal;
using CodexService.Contracts.Api;

namespace CodexService.Cli.Tasks;

/// <summary>Shows a task's progress on stderr until it has ended.</summary>
internal sealed class TaskFollower(CliEnvironment environment, CodexClient client)
{
    /// <summary>Follows from the first event on and returns the ended task.</summary>
    public async Task<TaskDetail> FollowAsync(TaskDetail task, CancellationToken cancellationToken)
    {
        var progress = new TaskProgress(task);
        await using var view = environment.Error.IsTerminal
            ? (IProgressView)LiveProgressView.Start(environment, progress)
            : new LineProgressView(environment);
        var id = task.Summary.Id;
        await foreach (var item in client.FollowAsync(id, after: 0, cancellationToken))
        {
            progress.Apply(item);
            view.Show(item);

            // A task that was retried has ended more than once; only its last end counts.
            if (item.Type == TaskEventTypes.TaskFinished && await EndAsync(id, cancellationToken) is { } ended)
            {
                return ended;
            }
        }

        return await client.GetTaskAsync(id, cancellationToken);
    }

    private async Task<TaskDetail?> EndAsync(Guid id, CancellationToken cancellationToken)
    {
        var task = await client.GetTaskAsync(id, cancellationToken);
        return task.Summary.State.IsTerminal() ? task : null;
    }
}
