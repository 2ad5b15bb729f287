using CodexService.GitHub;
using CodexService.GitHub.Rest;
using CodexService.ServiceDefaults;
using CodexService.ServiceDefaults.Configuration;

namespace CodexService.PullRequests.Connecting;

/// <summary>Asks GitHub whose the configured credentials are; the part of <c>./codex doctor</c> that needs the programs.</summary>
public static class ConnectionExamination
{
    /// <summary>First argument of a host that is to examine its way to GitHub instead of running.</summary>
    public const string Argument = "examine-github";

    /// <summary>Runs as a process of its own. Writes one line on stdout: <c>none</c>, <c>ok</c> or <c>BROKEN</c>, and the finding, separated by a tab.</summary>
    /// <returns>The exit code: 0 unless there are credentials that do not work.</returns>
    public static async Task<int> RunAsync()
    {
        var works = false;
        var code = await HostRunner.RunAsync(async () => works = await ExamineAsync(Host.CreateApplicationBuilder().Configuration, Console.Out, CancellationToken.None));
        return code == 0 && !works ? 1 : code;
    }

    internal static async Task<bool> ExamineAsync(IConfiguration configuration, TextWriter output, CancellationToken cancellationToken)
    {
        await using var services = new ServiceCollection().AddGitHub(configuration, CodexOptions.From(configuration).Data).BuildServiceProvider();
        var github = services.GetRequiredService<IGitHub>();
        if (github.Access == GitHubAccess.None)
        {
            await output.WriteLineAsync("none\tmake an App on the dashboard's GitHub page, or set CODEX_GITHUB_TOKEN for one person");
            return true;
        }

        try
        {
            var account = await github.GetAccountAsync(cancellationToken);
            await output.WriteLineAsync($"ok\t{account.Login} at {github.ApiUrl.Host} ({(github.Access == GitHubAccess.App ? "an App" : "a personal token")})");
            return true;
        }
        catch (GitHubException e)
        {
            await output.WriteLineAsync($"BROKEN\t{ConnectionProblem.Line(github, e, expires: null, DateTimeOffset.MinValue)}");
            return false;
        }
    }
}
