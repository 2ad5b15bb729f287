namespace CodexService.Cli;

/// <summary>Ends a command with exit code 1. The message is one line for people: what was wrong, where, what to do.</summary>
internal sealed class CliException : Exception
{
    public CliException(string message, Exception? innerException = null)
        : base(message, innerException)
    {
    }
}
