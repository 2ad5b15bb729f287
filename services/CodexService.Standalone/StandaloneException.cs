using CodexService.ServiceDefaults;

namespace CodexService.Standalone;

/// <summary>The service cannot start or go on. The message is one line for people: what was wrong, where, what to do.</summary>
[MessageForPeople]
internal sealed class StandaloneException : Exception
{
    public StandaloneException(string message, Exception? innerException = null)
        : base(message, innerException)
    {
    }
}
