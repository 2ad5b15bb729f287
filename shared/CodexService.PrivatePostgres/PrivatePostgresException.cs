namespace CodexService.PrivatePostgres;

/// <summary>The private server cannot be started or used. The message is one line for people: what, where, what to do.</summary>
public sealed class PrivatePostgresException : Exception
{
    /// <summary>Creates the exception.</summary>
    public PrivatePostgresException(string message, Exception? innerException = null)
        : base(message, innerException)
    {
    }
}
