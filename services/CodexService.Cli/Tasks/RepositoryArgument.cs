using System.Text.RegularExpressions;
using CodexService.Cli.Connection;
using Spectre.Console;

namespace CodexService.Cli.Tasks;

/// <summary>What a person may give as repository: a folder, a clone URL, or <c>owner/name</c> of one on GitHub.</summary>
internal static partial class RepositoryArgument
{
    /// <summary>The repository as the service wants it: absolute path or URL.</summary>
    /// <exception cref="CliException">The folder does not exist; everything else is for the service to judge.</exception>
    public static string Resolve(string text, CliEnvironment environment)
    {
        if (string.IsNullOrWhiteSpace(text))
        {
            throw new CliException("--repo is empty: give the folder of a git repository or a clone URL.");
        }

        if (text.Contains("://", StringComparison.Ordinal) || (ScpAddress().IsMatch(text) && !Directory.Exists(text)))
        {
            return text;
        }

        var home = environment.Variable("HOME");
        var expanded = home is not null && (text == "~" || text.StartsWith("~/", StringComparison.Ordinal)) ? home + text[1..] : text;
        var path = Path.GetFullPath(expanded, environment.CurrentDirectory);
        path = path.Length > 1 ? path.TrimEnd('/') : path;
        if (!Path.Exists(path) && GitHubName().IsMatch(text))
        {
            var address = GitHubAddress(environment, text);
            environment.Error.Line($"[grey]There is no folder {Markup.Escape(path)}, so {Markup.Escape(address)} is meant.[/]");
            return address;
        }

        if (!new ServiceFinder(environment).IsLocal)
        {
            throw new CliException($"The service that {ServiceFinder.UrlSetting} names is on another machine and cannot read {path}: give a clone URL.");
        }

        return Directory.Exists(path) ? path : throw new CliException(File.Exists(path)
            ? $"{path} is a file: give the folder of a git repository or a clone URL."
            : $"There is no folder {path}: give the folder of a git repository or a clone URL.");
    }

    // An Enterprise Server has its API below its own host.
    private static string GitHubAddress(CliEnvironment environment, string name) =>
        Uri.TryCreate(environment.Variable("GITHUB_API_URL"), UriKind.Absolute, out var api)
            && api.Scheme is "http" or "https" && !api.Host.Equals("api.github.com", StringComparison.OrdinalIgnoreCase)
            ? $"{api.GetLeftPart(UriPartial.Authority)}/{name}"
            : $"https://github.com/{name}";

    // owner/name; owners have letters, digits and hyphens alone.
    [GeneratedRegex(@"^[A-Za-z0-9][A-Za-z0-9-]{0,38}/(?!\.{1,2}$)[\w.-]{1,100}$", RegexOptions.ECMAScript)]
    private static partial Regex GitHubName();

    // git@host:owner/name.git
    [GeneratedRegex(@"^[\w.-]+@[\w.-]+:(?!/?$).+$")]
    private static partial Regex ScpAddress();
}
