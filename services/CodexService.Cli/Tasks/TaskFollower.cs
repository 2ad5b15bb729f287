using System.Text.Json;
using CodexService.Cli.Client;
using CodexService.Cli.Terminal;
using CodexService.Contracts.Api;

namespace CodexService.Cli.Tasks;

/// <summary>Shows a task's progress on stderr until it has ended, and the plans that wait on the way.</summary>
/// <param name="environment">Terminal.</param>
/// <param name="client">The service.</param>
/// <param name="asksForApproval">Whether a plan that waits is asked about, where somebody can answer.</param>
internal sealed class TaskFollower(CliEnvironment environment, CodexClient client, bool asksForApproval = false)
{
    private readonly PlanReview plans = new(environment, client, asksForApproval);

    /// <summary>Follows from the first event on and returns the ended task.</summary>
    public async Task<TaskDetail> FollowAsync(TaskDetail task, CancellationToken cancellationToken)
    {
        var progress = new TaskProgress(task);
        var lines = new LineProgressView(environment, progress.HasManyAttempts);
        var view = Start(progress, lines);
        var id = task.Summary.Id;
        try
        {
            await foreach (var item in client.FollowAsync(id, after: 0, cancellationToken))
            {
                progress.Apply(item);
                view.Show(item);
                if (item.Type == TaskEventTypes.PlanProposed && await WaitingAsync(id, item, cancellationToken) is { } plan)
                {
                    // A display that is redrawn in place cannot have other lines between.
                    await view.DisposeAsync();
                    view = lines;
                    await plans.ShowAsync(id, plan, progress.HasManyAttempts, cancellationToken);
                    view = Start(progress, lines);
                }

                // A task that was retried has ended more than once; only its last end counts.
                if (item.Type == TaskEventTypes.TaskFinished && await EndAsync(id, cancellationToken) is { } ended)
                {
                    return ended;
                }
            }

            return await client.GetTaskAsync(id, cancellationToken);
        }
        finally
        {
            await view.DisposeAsync();
        }
    }

    private IProgressView Start(TaskProgress progress, LineProgressView lines) =>
        environment.Error.IsTerminal ? LiveProgressView.Start(environment, progress) : lines;

    // The log tells of earlier plans too, which were answered long ago.
    private async Task<PlanInfo?> WaitingAsync(Guid id, TaskEventInfo item, CancellationToken cancellationToken)
    {
        var task = await client.GetTaskAsync(id, cancellationToken);
        return task.Plans.FirstOrDefault(plan => plan.Attempt == item.Attempt && plan.State == PlanState.Waiting
            && item.Data is { ValueKind: JsonValueKind.Object } data && data.TryGetProperty("revision", out var revision) && revision.GetInt32() == plan.Revision);
    }

    private async Task<TaskDetail?> EndAsync(Guid id, CancellationToken cancellationToken)
    {
        var task = await client.GetTaskAsync(id, cancellationToken);
        return task.Summary.State.IsTerminal() ? task : null;
    }
}
