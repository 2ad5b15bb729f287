using CodexService.Tasks.Origins;

namespace CodexService.Tasks.Rounds;

/// <summary>A follow-up's prompt. The submission's own stays with the task, as number 1.</summary>
public sealed class TaskPrompt
{
    /// <summary>The task.</summary>
    public required Guid TaskId { get; init; }

    /// <summary>From 2.</summary>
    public required int Number { get; init; }

    /// <summary>What was asked.</summary>
    public required string Text { get; init; }

    /// <summary>The command that proves its change.</summary>
    public required string TestCommand { get; init; }

    /// <summary>Commit that its work starts from; <see langword="null"/> when the task had none yet.</summary>
    public string? BaseCommit { get; init; }

    /// <summary>
    /// Who asked on the forge, in the order in which they spoke. Empty for people whose account there is not known: those of the dashboard,
    /// the command line and the API. <see langword="null"/> when nobody asked anew, as for failing checks and conflicts, which go on
    /// with what the task was asked for, and for prompts that are older than this is kept.
    /// </summary>
    public IReadOnlyList<ForgeAccount>? AskedBy { get; private set; } = [];

    /// <summary>When it was asked, on the database's clock.</summary>
    public DateTimeOffset At { get; private set; }

    internal void IsAskedBy(IReadOnlyList<ForgeAccount>? accounts) => AskedBy = accounts;
}
