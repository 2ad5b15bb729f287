using CodexService.Tasks.Submission;

namespace CodexService.Tasks.Workers;

/// <summary>
/// Says before a task is stored what no worker could do about it, neither one that is up nor one whose models are expected back. While none
/// is up nobody knows: the task is taken, and the worker that claims it says the same before it starts a sandbox. Thread-safe.
/// </summary>
public sealed class TaskAdmission(KnownWorkers workers)
{
    /// <summary>Why a submission is refused; <see langword="null"/> when nothing stands against it.</summary>
    /// <param name="submission">The submission.</param>
    /// <param name="hasPython">Looks whether the repository has Python files at the base; asked only where it matters.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public Task<BrainRefusal?> WhyNotAsync(TaskSubmission submission, Func<Task<bool>> hasPython, CancellationToken cancellationToken) =>
        WhyNotAsync(BrainWish.Of(submission), submission.TestCommand, hasPython, cancellationToken);

    /// <summary>Why a task that wants this would be refused; <see langword="null"/> when nothing stands against it.</summary>
    /// <param name="wish">What it wants of a brain.</param>
    /// <param name="testCommand">Command that runs the tests.</param>
    /// <param name="hasPython">Looks whether the repository has Python files at the base; asked only where it matters.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<BrainRefusal?> WhyNotAsync(BrainWish wish, string testCommand, Func<Task<bool>> hasPython, CancellationToken cancellationToken)
    {
        var abilities = await workers.AbilitiesAsync(cancellationToken);
        return BrainRules.WhyNot(wish, abilities)
            ?? (BrainRules.IsRepairAlone(wish, abilities) ? BrainRules.WhyNotRepairable(wish, abilities, await hasPython(), testCommand) : null);
    }
}
