using System.ComponentModel.DataAnnotations;

namespace CodexService.PullRequests.Forges.GitHub;

/// <summary>How pull requests are opened on GitHub, section <c>GitHubPullRequests</c>.</summary>
public sealed class GitHubForgeOptions
{
    internal const string Section = "GitHubPullRequests";

    /// <summary>Whether pull requests are opened as drafts, where the repository's plan has drafts. Default true.</summary>
    public bool OpenAsDraft { get; set; } = true;

    /// <summary>Labels of pull requests. Default <c>codex</c>.</summary>
    [Required(ErrorMessage = "GitHubPullRequests:Labels must be a list; leave it out for the label codex.")]
    public IReadOnlyList<string> Labels { get; set; } = ["codex"];

    /// <summary>Bytes of a file above which the commit is pushed with git instead of made through the API, which GitHub limits to 40 MB a file. Default 30 MiB.</summary>
    [Range(1, 40_000_000, ErrorMessage = "GitHubPullRequests:LargestApiFile must be between 1 and 40,000,000 bytes.")]
    public long LargestApiFile { get; set; } = 30L << 20;

    /// <summary>Changed files above which the commit is pushed with git; each is a call of its own. Default 300.</summary>
    [Range(0, 100_000, ErrorMessage = "GitHubPullRequests:MostApiFiles must be between 0 and 100,000.")]
    public int MostApiFiles { get; set; } = 300;
}
