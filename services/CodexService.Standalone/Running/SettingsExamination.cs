using CodexService.GitHub;
using CodexService.GitHub.Rest;
using CodexService.PullRequests.Connecting;
using CodexService.ServiceDefaults;
using CodexService.ServiceDefaults.Configuration;
using CodexService.Standalone.Database;

namespace CodexService.Standalone.Running;

/// <summary>
/// Puts the service together without starting it and says which settings it would refuse, and how it stands with GitHub and a
/// configured database: the part of <c>./codex doctor</c> that needs the programs.
/// </summary>
internal static class SettingsExamination
{
    /// <summary>First argument of a host that is to examine its settings instead of running.</summary>
    public const string Argument = "examine-settings";
    private static readonly TimeSpan GitHubLimit = TimeSpan.FromSeconds(20);

    /// <summary>Writes one line for each finding on stdout: what, <c>ok</c>, <c>none</c>, <c>unknown</c>, <c>BROKEN</c> or <c>BAD</c> (the service would not start), finding, separated by tabs.</summary>
    /// <returns>The exit code: 0 when the service would start.</returns>
    public static async Task<int> RunAsync()
    {
        var fits = false;
        var code = await HostRunner.RunAsync(async () => fits = await ExamineAsync(WebApplication.CreateBuilder(), Console.Out, CancellationToken.None));
        return code == 0 && !fits ? 1 : code;
    }

    internal static async Task<bool> ExamineAsync(WebApplicationBuilder builder, TextWriter output, CancellationToken cancellationToken)
    {
        var report = new Report(output);
        var options = Options(builder, report);
        foreach (var part in StandaloneParts.Of(builder, options, options.Database ?? StandaloneParts.NoDatabase))
        {
            report.Try(part);
        }

        // What is said here is the table; what parts log is for a service that runs.
        builder.Logging.ClearProviders();
        await using var app = builder.Build();
        foreach (var step in StandaloneParts.Finish(app))
        {
            report.Try(step);
        }

        if (!report.HasProblems)
        {
            report.Write("settings", "ok", "the service takes them");
        }

        if (options.Database is { } database)
        {
            await DatabaseAsync(database, report, cancellationToken);
        }

        if (!report.Names.Contains("github"))
        {
            await GitHubAsync(app.Services, report, cancellationToken);
        }

        return !report.HasProblems;
    }

    // What cannot be used is told and then left out, so that the rest is looked at as well.
    private static CodexOptions Options(WebApplicationBuilder builder, Report report)
    {
        try
        {
            return CodexOptions.From(builder.Configuration);
        }
        catch (ConfigurationException problem)
        {
            report.Refused("settings", problem.Problems);
            foreach (var name in problem.Settings)
            {
                builder.Configuration[name] = string.Empty;
            }

            return CodexOptions.From(builder.Configuration);
        }
    }

    private static async Task DatabaseAsync(string database, Report report, CancellationToken cancellationToken)
    {
        try
        {
            await StandaloneDatabase.RequireReachableAsync(database, cancellationToken);
            report.Write("postgresql", "ok", "the server that CODEX_DATABASE names answers");
        }
        catch (StandaloneException problem)
        {
            report.Refused("postgresql", [problem.Message]);
        }
    }

    private static async Task GitHubAsync(IServiceProvider services, Report report, CancellationToken cancellationToken)
    {
        try
        {
            var github = services.GetRequiredService<IGitHub>();
            if (github.Problem is { } unusable)
            {
                report.Write("github", "BROKEN", unusable);
                return;
            }

            if (github.Access == GitHubAccess.None)
            {
                report.Write("github", "none", "not connected; connect an App on the dashboard's GitHub page, or set CODEX_GITHUB_TOKEN, to work from issues and open pull requests there");
                return;
            }

            await ConnectionAsync(github, report, cancellationToken);
            if (github.WebhookSecret is null && string.IsNullOrWhiteSpace(services.GetRequiredService<IConfiguration>()["CODEX_GITHUB_WEBHOOK_SECRET"]))
            {
                report.Write("webhooks", "none", "CODEX_GITHUB_WEBHOOK_SECRET is not set: issues and comments on GitHub start no work");
            }
        }
        catch (ConfigurationException problem)
        {
            report.Refused("github", problem.Problems);
        }
    }

    private static async Task ConnectionAsync(IGitHub github, Report report, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(GitHubLimit, TimeProvider.System);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, limit.Token);
        try
        {
            var account = await github.GetAccountAsync(either.Token);
            report.Write("github", "ok", $"{account.Login} at {github.ApiUrl} ({(github.Access == GitHubAccess.App ? "an App" : "a personal token")})");
        }
        catch (GitHubException problem)
        {
            report.Write("github", problem.IsPassing ? "unknown" : "BROKEN", ConnectionProblem.Line(github, problem, expires: null, DateTimeOffset.MinValue));
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            report.Write("github", "unknown", $"{github.ApiUrl} did not answer within {GitHubLimit.TotalSeconds:0} s, so nothing could be tried: check the network and GITHUB_API_URL");
        }
    }

    private sealed class Report(TextWriter output)
    {
        private readonly HashSet<string> told = new(StringComparer.Ordinal);

        public bool HasProblems { get; private set; }

        /// <summary>What there are findings about.</summary>
        public HashSet<string> Names { get; } = new(StringComparer.Ordinal);

        public void Write(string name, string state, string finding)
        {
            Names.Add(name);
            output.WriteLine($"{name}\t{state}\t{finding.ReplaceLineEndings(" ").Replace('\t', ' ')}");
        }

        /// <summary>Tells what the service would not start with; once, as several parts read the same setting.</summary>
        public void Refused(string name, IEnumerable<string> problems)
        {
            HasProblems = true;
            foreach (var problem in problems.Where(told.Add))
            {
                Write(name, "BAD", problem);
            }
        }

        public void Try(StandalonePart part)
        {
            try
            {
                part.Add();
            }
            catch (Exception problem) when (HostRunner.Problems(problem) is { } problems)
            {
                Refused(part.Name, problems);
            }
            catch (InvalidOperationException) when (HasProblems)
            {
                // It needs a part that was left out for what is told already.
            }
        }
    }
}
