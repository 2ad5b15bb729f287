using CodexService.Contracts.Api;

namespace CodexService.Cli;

/// <summary>What the commands end with.</summary>
internal static class ExitCodes
{
    /// <summary>Done; for tasks: a verified patch.</summary>
    public const int Success = 0;

    /// <summary>An error, told in one line on stderr.</summary>
    public const int Error = 1;

    /// <summary>The task finished without a verified patch.</summary>
    public const int NoPatch = 2;

    /// <summary>Ctrl+C.</summary>
    public const int Interrupted = 130;

    /// <summary>Of the newest round, also when an earlier verified change stands beside it.</summary>
    public static int Of(TaskDetail task) => Of(task.LastRound?.State ?? task.Summary.State);

    public static int Of(TaskState state) => state switch
    {
        TaskState.Succeeded => Success,
        TaskState.Failed => Error,
        _ => NoPatch,
    };

    public static bool IsTerminal(this TaskState state) => state is not (TaskState.Queued or TaskState.Running or TaskState.Paused or TaskState.Publishing);
}
