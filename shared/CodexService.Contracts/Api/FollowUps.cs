using System.Text.Json.Serialization;

namespace CodexService.Contracts.Api;

/// <summary>Body of <c>POST /api/tasks/{id}/follow-ups</c>: more work on a task that has ended, on top of what it did.</summary>
/// <param name="Prompt">What to do next, 1 to 100,000 characters.</param>
/// <param name="TestCommand">The command that proves the change from now on; <see langword="null"/> keeps the task's.</param>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record FollowUpRequest(string Prompt, string? TestCommand = null);

/// <summary>
/// Body of <c>POST /api/tasks/{id}/continue</c>: what is added to the limits of the attempt that ended early. What is left out
/// stays as it was.
/// </summary>
/// <param name="Turns">Model calls, 1 to 1,000.</param>
/// <param name="Tokens">Tokens, 1,000 to 1,000,000,000.</param>
/// <param name="Cost">Money in the currency of the price table, 0.0001 to 1,000,000.</param>
/// <param name="TimeoutSeconds">Wall clock in seconds, 10 to 86,400.</param>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record ContinueTaskRequest(int? Turns = null, long? Tokens = null, decimal? Cost = null, int? TimeoutSeconds = null);

/// <summary>One prompt of a task.</summary>
/// <param name="Number">Number of its round: 1 for the submission, then 1 more for each follow-up. A retry and added budget go on with the same round.</param>
/// <param name="Text">What was asked.</param>
/// <param name="At">When, on the database's clock.</param>
/// <param name="BaseCommit">Commit that its work started from; <see langword="null"/> while nobody has looked.</param>
/// <param name="TestCommand">The command that proved its change.</param>
public sealed record TaskPromptInfo(int Number, string Text, DateTimeOffset At, string? BaseCommit, string TestCommand);

/// <summary>How the newest round ended when it brought nothing new, so that what was verified before stands.</summary>
/// <param name="Number">Number of the round; 1 is the task itself.</param>
/// <param name="State">How it ended; never <see cref="TaskState.Succeeded"/>.</param>
/// <param name="Reason">Why, one line.</param>
public sealed record RoundEnd(int Number, TaskState State, string Reason)
{
    /// <summary>One line for people: "Round 2: nothing changed: no test fails".</summary>
    public string InWords() => $"{Headline}{(Reason.Length == 0 ? "" : $": {Reason.TrimEnd('.')}")}";

    /// <summary>The same without the reason: "Round 2: nothing changed".</summary>
    public string Headline => $"Round {Number}: {State switch
    {
        TaskState.NoChange => "nothing changed",
        TaskState.TimedOut => "the time was used up, nothing changed",
        TaskState.Cancelled => "cancelled, nothing changed",
        _ => "failed, nothing changed",
    }}";
}

/// <summary>What ended the work of an attempt before the brain was done with it.</summary>
public enum EarlyEnd
{
    /// <summary>A limit of turns, tokens, cost or time, the user's budget included.</summary>
    Limit,

    /// <summary>The model went in circles.</summary>
    Stuck,

    /// <summary>A person ended it.</summary>
    Stopped,

    /// <summary>The model did not answer any more.</summary>
    NoAnswer,
}
