using System.Text;

namespace CodexService.Repositories.Git;

/// <summary>The configuration that our git calls, and the git processes that they start, use instead of the user's.</summary>
internal static class GitConfigurationFile
{
    /// <summary>Writes the file into the cache folder and returns its path.</summary>
    public static string Write(RepositoryOptions options)
    {
        var folder = options.FolderOrDefault();
        Directory.CreateDirectory(folder);
        var text = new StringBuilder();
        if (options.GitConfigFile is { Length: > 0 } included)
        {
            text.Append("[include]\n\tpath = \"").Append(included.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)).Append("\"\n");
        }

        // The service's account is often not the owner of a local repository. git's ownership check guards against
        // programs that a foreign repository's configuration names; hooks, fsmonitor and helpers are off here.
        text.Append(
            """
            [safe]
            	directory = *
            [core]
            	hooksPath = /dev/null
            	fsmonitor = false
            	attributesFile = /dev/null
            	excludesFile = /dev/null
            	autocrlf = false
            	eol = lf
            	quotePath = true
            [gc]
            	auto = 0
            [maintenance]
            	auto = false
            [fetch]
            	recurseSubmodules = false
            [tar]
            	umask = 0022
            [http]
            	lowSpeedLimit = 1000
            	lowSpeedTime = 30
            [protocol "ext"]
            	allow = never
            [advice]
            	detachedHead = false

            """);

        var path = Path.Combine(folder, "gitconfig");
        var content = text.ToString();
        if (!File.Exists(path) || !string.Equals(File.ReadAllText(path), content, StringComparison.Ordinal))
        {
            // Several processes share the folder: whoever renames last wins with the same content.
            var temporary = $"{path}.{Guid.NewGuid():N}";
            File.WriteAllText(temporary, content);
            File.Move(temporary, path, overwrite: true);
        }

        return path;
    }
}
