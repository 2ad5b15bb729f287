using System.ComponentModel.DataAnnotations;

namespace CodexService.PullRequests.Deliveries;

/// <summary>How tasks from GitHub are made, section <c>GitHubTasks</c>.</summary>
public sealed class GitHubTaskOptions
{
    internal const string Section = "GitHubTasks";

    /// <summary>Name in mentions without <c>@</c>. Default the App's own, and the login of the account with a personal token.</summary>
    [RegularExpression("^[A-Za-z0-9](?:[A-Za-z0-9-]{0,38})$", ErrorMessage = "GitHubTasks:Mention has to be a name as in @name: letters, digits and '-', at most 39.")]
    public string? Mention { get; set; }

    /// <summary>Wall clock of an attempt, in seconds. Default 1800.</summary>
    [Range(10, 86_400, ErrorMessage = "GitHubTasks:TimeoutSeconds has to be from 10 to 86400 seconds.")]
    public int TimeoutSeconds { get; set; } = 1800;

    /// <summary>How often a delivery is tried while GitHub or the repository does not answer. Default 16, which with growing pauses (5 s, doubled each time, at most 15 min) is about two hours.</summary>
    [Range(1, 50, ErrorMessage = "GitHubTasks:DeliveryTries has to be from 1 to 50.")]
    public int DeliveryTries { get; set; } = 16;
}
