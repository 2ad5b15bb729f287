namespace CodexService.Tasks;

/// <summary>The change does not fit the task's state. The message is one line for people.</summary>
public sealed class TaskConflictException : Exception
{
    /// <summary>Creates the exception.</summary>
    public TaskConflictException(string message)
        : base(message)
    {
    }
}
