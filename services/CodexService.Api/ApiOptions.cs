using System.ComponentModel.DataAnnotations;

namespace CodexService.Api;

/// <summary>Settings of the API, section <c>Api</c>.</summary>
public sealed class ApiOptions
{
    internal const string Section = "Api";

    /// <summary>Longest prompt in characters. Default 100,000.</summary>
    [Range(1, 1_000_000, ErrorMessage = "Api:MaxPromptLength has to be from 1 to 1000000 characters.")]
    public int MaxPromptLength { get; set; } = 100_000;

    /// <summary>Wall clock of an attempt, in seconds, when a submission names none. Default 900.</summary>
    [Range(10, 86_400, ErrorMessage = "Api:DefaultTimeoutSeconds has to be from 10 to 86400 seconds.")]
    public int DefaultTimeoutSeconds { get; set; } = 900;

    /// <summary>Whether tasks may name folders of this machine. Default true; set false where the workers run elsewhere.</summary>
    public bool AllowLocalRepositories { get; set; } = true;
}
