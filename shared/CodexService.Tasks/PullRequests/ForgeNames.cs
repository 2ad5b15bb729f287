namespace CodexService.Tasks.PullRequests;

/// <summary>Names of the places where pull requests live.</summary>
public static class ForgeNames
{
    /// <summary>The built-in review.</summary>
    public const string Local = "local";

    /// <summary>GitHub.</summary>
    public const string GitHub = "github";
}
