using CodexService.GitHub.Configuration;
using Microsoft.Extensions.Configuration;

namespace CodexService.SourceAccess;

/// <summary>Settings of the ways to read private repositories; those that a deployment has are read from the short names alone.</summary>
internal sealed class SourceAccessOptions
{
    /// <summary>GitHub's own web address.</summary>
    public Uri Host { get; private set; } = new("https://github.com");

    /// <summary><c>CODEX_GITHUB_READ_TOKEN</c>; <see langword="null"/> when it is not set.</summary>
    public string? Token { get; private set; }

    /// <summary>How long the pull-request service may take to make a token, before a repository is read without one. Default 10 seconds.</summary>
    public TimeSpan Patience { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>Takes them.</summary>
    /// <exception cref="ServiceDefaults.Configuration.ConfigurationException">One is not usable; the message names it and the fix.</exception>
    public void Read(IConfiguration configuration) =>
        (Host, Token) = (GitHubHost.From(configuration), GitHubConfiguration.Token(configuration, "CODEX_GITHUB_READ_TOKEN"));
}
