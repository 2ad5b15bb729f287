namespace CodexService.Sandbox;

/// <summary>The sandbox or its engine failed. The message is one line for people: what was wrong and what to do.</summary>
public sealed class SandboxException : Exception
{
    /// <summary>Creates the exception.</summary>
    public SandboxException(string message, Exception? innerException = null)
        : base(message, innerException)
    {
    }
}
