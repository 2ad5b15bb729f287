using CodexService.Tasks.Submission;

namespace CodexService.Tasks.Workers;

/// <summary>
/// Says before a task is stored what no worker that is up could do about it. While none is up nobody knows: the task is taken, and the
/// worker that claims it says the same before it starts a sandbox. Thread-safe.
/// </summary>
public sealed class TaskAdmission(KnownWorkers workers)
{
    /// <summary>Why a submission is refused; <see langword="null"/> when nothing stands against it.</summary>
    /// <param name="submission">The submission.</param>
    /// <param name="hasPython">Looks whether the repository has Python files at the base; asked only where it matters.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<BrainRefusal?> WhyNotAsync(TaskSubmission submission, Func<Task<bool>> hasPython, CancellationToken cancellationToken)
    {
        var wish = BrainWish.Of(submission);
        var abilities = await workers.AbilitiesAsync(cancellationToken);
        return BrainRules.WhyNot(wish, abilities)
            ?? (BrainRules.IsRepairAlone(wish, abilities) ? BrainRules.WhyNotRepairable(wish, abilities, await hasPython(), submission.TestCommand) : null);
    }
}
