using CodexService.Agent.Journal;
using CodexService.Agent.Loop;
using CodexService.Agent.Prompts;
using CodexService.Agent.Reviews;
using CodexService.Models;
using CodexService.Sandbox;

namespace CodexService.Agent;

/// <summary>
/// Changes the repository in a sandbox so that the task is done. A brain never judges itself: whatever it reports,
/// the verdict comes from running the tests again in a fresh sandbox.
/// </summary>
public interface IBrain
{
    /// <summary>Name as stored with the attempt: <c>repair</c> or <c>model</c>.</summary>
    string Name { get; }

    /// <summary>
    /// Works until it has a change, finds nothing, or is cancelled. Edits are left in the sandbox's workspace;
    /// when cancelled, what is there is kept as a partial patch.
    /// </summary>
    /// <exception cref="BrainException">The task cannot be worked on; the message is one line for people.</exception>
    Task<BrainResult> RunAsync(BrainContext context, CancellationToken cancellationToken);
}

/// <summary>What a brain works with.</summary>
/// <param name="Prompt">What the person asked.</param>
/// <param name="TestCommand">The command that proves the change.</param>
/// <param name="Sandbox">Holds the repository at the base commit, as a git work tree with one baseline commit.</param>
/// <param name="Budget">Wall clock that the brain may use.</param>
/// <param name="AttemptNumber">1-based; a brain may vary its search by it.</param>
/// <param name="Progress">Receives progress as it happens; never blocks for long.</param>
public sealed record BrainContext(
    string Prompt,
    string TestCommand,
    ISandbox Sandbox,
    TimeSpan Budget,
    int AttemptNumber,
    IProgress<BrainProgress> Progress)
{
    /// <summary>Where turns are written and, after a crash, read from. Default: memory, which a crash loses.</summary>
    public ITurnJournal Journal { get; init; } = new InMemoryTurnJournal();

    /// <summary>Asked between turns. Default: nobody interferes.</summary>
    public ITurnGate Gate { get; init; } = ITurnGate.Open;

    /// <summary>What this task may use; a value that is <see langword="null"/> is that of the section <c>Agent</c>.</summary>
    public TurnLimits? Limits { get; init; }

    /// <summary>Whether files may not change before a person has approved the plan. Only for brains that make plans.</summary>
    public bool ApprovePlan { get; init; }

    /// <summary>Working time that earlier claims used before they were parked; part of <see cref="Budget"/>.</summary>
    public TimeSpan UsedTime { get; init; }

    /// <summary>What people have added to the limits since; it raises those that there are.</summary>
    public TurnLimits? Added { get; init; }

    /// <summary>The budget of the person who asked. Default: none.</summary>
    public IUserBudget UserBudget { get; init; } = IUserBudget.Open;

    /// <summary>How many turns of <see cref="Journal"/> another attempt made, which this one goes on from.</summary>
    public int InheritedTurns { get; init; }

    /// <summary>What was asked and done before this prompt; <see langword="null"/> for the first.</summary>
    public EarlierWork? Earlier { get; init; }

    /// <summary>Name of a configured model; <see langword="null"/> for the default one. Only for brains that ask a model.</summary>
    public string? Model { get; init; }

    /// <summary>
    /// How many steps (<see cref="AgentOptions.TemperatureStep"/>) above the configured temperature the model is asked. Default 0.
    /// Only for brains that ask a model.
    /// </summary>
    public int TemperatureSteps { get; init; }

    /// <summary>Name of a prompt template, for example <c>bug-fix</c>; <see langword="null"/> for none.</summary>
    public string? Template { get; init; }

    /// <summary>Whether the prompt is a question: the tools change nothing, and the work ends with <see cref="BrainResult.Answer"/>.</summary>
    public bool IsQuestion { get; init; }

    /// <summary>The change to review; <see langword="null"/> for none. The tools change nothing, and the work ends with <see cref="BrainResult.Review"/>.</summary>
    public ReviewSubject? Review { get; init; }
}

/// <summary>One step of progress.</summary>
/// <param name="Stage">Short stage name in lower case, for example <c>reproduce</c>, <c>localize</c>, <c>search</c>.</param>
/// <param name="Message">One line for people.</param>
/// <param name="CandidatesTried">Candidate patches validated so far; 0 for brains that do not count them.</param>
/// <param name="Data">Optional facts for the event log; serialised as JSON.</param>
public sealed record BrainProgress(string Stage, string Message, int CandidatesTried = 0, object? Data = null)
{
    /// <summary>What the attempt's own turns so far have used, when this reports a finished turn.</summary>
    public ModelUsage? Usage { get; init; }

    /// <summary>Whether a person has to be able to read it later: never thinned out, as progress otherwise is.</summary>
    public bool IsNotice { get; init; }

    /// <summary>The sampling temperature of the attempt, when this reports the beginning of its work.</summary>
    public float? Temperature { get; init; }
}

/// <summary>What a brain ended with.</summary>
/// <param name="Changed">Whether the workspace holds a change worth verifying.</param>
/// <param name="Summary">What was found and done, or what was tried and why nothing was found; Markdown, for people.</param>
/// <param name="Title">An imperative title for the commit and the pull request; empty when nothing changed.</param>
/// <param name="CandidatesTried">Candidate patches validated.</param>
/// <param name="TargetTests">Ids of the failing tests that the brain worked on; empty means all failing tests.</param>
public sealed record BrainResult(
    bool Changed,
    string Summary,
    string Title,
    int CandidatesTried,
    IReadOnlyList<string> TargetTests)
{
    /// <summary>Set when the work has not ended but waits for a person; another run goes on from the journal.</summary>
    public Parking? Parking { get; init; }

    /// <summary>What ended the work before the brain was done with it; <see langword="null"/> when nothing did.</summary>
    public Interruption? Interruption { get; init; }

    /// <summary>The answer to a question; <see langword="null"/> for a change, and when there is none.</summary>
    public BrainAnswer? Answer { get; init; }

    /// <summary>The review of a change; <see langword="null"/> for other work, and when there is none.</summary>
    public BrainReview? Review { get; init; }
}

/// <summary>The answer to a question.</summary>
/// <param name="Text">Markdown.</param>
/// <param name="References">The places that it names, in their order.</param>
public sealed record BrainAnswer(string Text, IReadOnlyList<FileReference> References);

/// <summary>A place that an answer names, looked up in the files of the base commit.</summary>
/// <param name="Path">Path in the repository.</param>
/// <param name="Line">Line, counted from 1.</param>
/// <param name="EndLine">Last line of a range; <see langword="null"/> for one line.</param>
/// <param name="Exists">Whether the file is there and that long.</param>
public sealed record FileReference(string Path, int Line, int? EndLine, bool Exists);

/// <summary>What ended the work of a brain early.</summary>
/// <param name="Kind">What kind of thing.</param>
/// <param name="Reason">One line for people.</param>
public sealed record Interruption(InterruptionKind Kind, string Reason);

/// <summary>What can end work early.</summary>
public enum InterruptionKind
{
    /// <summary>A limit of turns, tokens, cost or time, or the user's budget.</summary>
    Limit,

    /// <summary>The model went in circles.</summary>
    Stuck,

    /// <summary>A person.</summary>
    Stopped,

    /// <summary>The model did not answer any more.</summary>
    NoAnswer,
}

/// <summary>A task that a brain cannot work on. The message is one line for people.</summary>
public sealed class BrainException : Exception
{
    /// <summary>Creates the exception.</summary>
    public BrainException(string message, Exception? innerException = null)
        : base(message, innerException)
    {
    }
}
