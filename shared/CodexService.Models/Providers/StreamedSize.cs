namespace CodexService.Models.Providers;

/// <summary>How a client tells the size of arguments that it gathers until the stream ends, so that a limit can be kept on the way.</summary>
internal static class StreamedSize
{
    /// <summary>Name of the update's property: characters of arguments in this update, an <see cref="int"/>.</summary>
    public const string Property = "codex.arguments";
}
