using CodexService.Contracts.Api;
using CodexService.Tasks.Attempts;
using CodexService.Tasks.Leases;
using CodexService.Testing;

namespace CodexService.Tasks.Tests;

/// <summary>Tasks in memory, in the state that a test starts from.</summary>
internal static class Fresh
{
    public static readonly DateTimeOffset Now = new(2030, 1, 1, 12, 0, 0, TimeSpan.Zero);
    public static readonly TimeSpan Lease = TimeSpan.FromSeconds(45);

    public static CodingTask Queued(int attempts = 1) => CodingTask.Submit(TaskServices.Submission(attempts));

    public static (CodingTask Task, AttemptLease Lease) Running(int attempts = 1)
    {
        var task = Queued(attempts);
        return (task, Claim(task, 0));
    }

    public static CodingTask Publishing()
    {
        var (task, lease) = Running();
        task.FinishAttempt(lease, Outcome(AttemptState.Succeeded), Now);
        return task;
    }

    public static CodingTask Succeeded()
    {
        var task = Publishing();
        task.OpenPullRequest(TaskServices.PullRequest(task.Id), Now);
        return task;
    }

    public static CodingTask Ended(AttemptState outcome)
    {
        var (task, lease) = Running();
        task.FinishAttempt(lease, Outcome(outcome), Now);
        return task;
    }

    public static CodingTask Cancelled()
    {
        var task = Queued();
        task.RequestCancel(Now);
        return task;
    }

    public static AttemptLease Claim(CodingTask task, int index) =>
        task.Claim(task.Attempts[index].Id, "worker-1", Now, Lease) ?? throw new InvalidOperationException("The attempt cannot be claimed.");

    public static AttemptOutcome Outcome(AttemptState state, string reason = "because") => new(state, reason);

    public static IEnumerable<string> Types(CodingTask task) => task.NewEvents.Select(entry => entry.Type);
}
