using CodexService.Contracts.Api;
using CodexService.Tasks;

namespace CodexService.PullRequests.Reporting;

/// <content>What GitHub does not show is told in the task's own log: on GitHub nobody could read it.</content>
internal sealed partial class TaskReporter
{
    private const string Unshown = "GitHub does not show all of this task";

    // Each line once in a task, however often the part is tried again, or the service is killed before it notes that the part was refused.
    private async Task TellAsync(Guid taskId, string problem, CancellationToken cancellationToken) => await store.ChangeAsync(
        taskId,
        (task, _, db) =>
        {
            var line = CodingTask.GaveUpLine(Unshown, problem);
            if (!db.TaskEvents.Any(entry => entry.TaskId == taskId && entry.Type == TaskEventTypes.GivenUp && entry.Message == line))
            {
                task.GaveUp(Unshown, problem);
            }
        },
        cancellationToken);
}
