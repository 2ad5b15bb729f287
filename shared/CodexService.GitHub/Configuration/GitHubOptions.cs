using System.ComponentModel.DataAnnotations;

namespace CodexService.GitHub.Configuration;

/// <summary>How GitHub is reached. Section <c>GitHub</c>; credentials are read by <see cref="GitHubConfiguration"/>.</summary>
public sealed class GitHubOptions
{
    internal const string Section = "GitHub";

    /// <summary>Address of the REST API. Default GitHub's own; a GitHub Enterprise Server's ends in <c>/api/v3</c>.</summary>
    public Uri ApiUrl { get; set; } = new("https://api.github.com/");

    /// <summary>Time of one request. Default 30 seconds.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:10:00", ErrorMessage = "GitHub:RequestTimeout must be between 1 second and 10 minutes.")]
    public TimeSpan RequestTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>How often a call that failed in passing is repeated. Default 4.</summary>
    [Range(0, 10, ErrorMessage = "GitHub:Retries must be between 0 and 10.")]
    public int Retries { get; set; } = 4;

    /// <summary>First pause between repetitions; doubles, with jitter. Default 1 second.</summary>
    [Range(typeof(TimeSpan), "00:00:00.001", "00:01:00", ErrorMessage = "GitHub:RetryDelay must be between 1 millisecond and 1 minute.")]
    public TimeSpan RetryDelay { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>The longest pause that is waited for, also when GitHub asks for more: then the call fails and says when to come back. Default 2 minutes.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "01:00:00", ErrorMessage = "GitHub:LongestRetryDelay must be between 1 second and 1 hour.")]
    public TimeSpan LongestRetryDelay { get; set; } = TimeSpan.FromMinutes(2);

    /// <summary>
    /// Requests a minute that create content. Default 70, at most 79: GitHub's secondary limit stands at 80. Each process counts its own: where
    /// several share an account, give each its part.
    /// </summary>
    [Range(1, 79, ErrorMessage = "GitHub:ContentWritesPerMinute must be between 1 and 79.")]
    public int ContentWritesPerMinute { get; set; } = 70;

    /// <summary>Answers kept for conditional requests, each at most 1 MiB. Default 500.</summary>
    [Range(0, 100_000, ErrorMessage = "GitHub:CachedAnswers must be between 0 and 100,000.")]
    public int CachedAnswers { get; set; } = 500;
}
