using System.Text.RegularExpressions;
using CodexService.Cli.Connection;

namespace CodexService.Cli.Tasks;

/// <summary>What a person may give as repository: a folder, or a clone URL.</summary>
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
        if (!new ServiceFinder(environment).IsLocal)
        {
            throw new CliException($"The service that {ServiceFinder.UrlSetting} names is on another machine and cannot read {path}: give a clone URL.");
        }

        return Directory.Exists(path) ? path : throw new CliException(File.Exists(path)
            ? $"{path} is a file: give the folder of a git repository or a clone URL."
            : $"There is no folder {path}: give the folder of a git repository or a clone URL.");
    }

    // git@host:owner/name.git
    [GeneratedRegex(@"^[\w.-]+@[\w.-]+:(?!/?$).+$")]
    private static partial Regex ScpAddress();
}
