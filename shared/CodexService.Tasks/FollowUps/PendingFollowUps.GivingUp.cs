namespace CodexService.Tasks.FollowUps;

/// <content>What cannot be begun.</content>
public sealed partial class PendingFollowUps
{
    /// <summary>Drops something that is collected, and says so in its task's log.</summary>
    public Task GiveUpAsync(PendingFollowUp collected, string reason, CancellationToken cancellationToken) =>
        GiveUpAsync(collected.TaskId, asked => asked.Id == collected.Id && asked.State == PendingState.Collecting, reason, cancellationToken);

    /// <summary>Drops all that waits for a task, and says so in its log.</summary>
    public Task GiveUpAsync(Guid taskId, string reason, CancellationToken cancellationToken) =>
        GiveUpAsync(taskId, asked => asked.State is PendingState.Waiting or PendingState.Sent, reason, cancellationToken);

    private Task<CodingTask?> GiveUpAsync(Guid taskId, Func<PendingFollowUp, bool> which, string reason, CancellationToken cancellationToken) => store.ChangeAsync(
        taskId,
        (task, _, db) =>
        {
            // Somebody else may have begun it in this moment.
            var dropped = db.PendingFollowUps.Where(asked => asked.TaskId == taskId).AsEnumerable().Where(which).ToList();
            if (dropped.Count > 0)
            {
                dropped.ForEach(asked => asked.Drop(reason));
                task.GaveUp("A follow-up was not begun", reason);
            }
        },
        cancellationToken);
}
