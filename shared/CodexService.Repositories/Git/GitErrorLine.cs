namespace CodexService.Repositories.Git;

/// <summary>Makes one clear line of what git wrote to stderr.</summary>
internal static class GitErrorLine
{
    private const int MaxLength = 400;
    private static readonly string[] Prefixes = ["fatal: ", "error: ", "remote: "];

    public static string From(string standardError, int exitCode)
    {
        var lines = standardError
            .Split(['\n', '\r'], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
            .Where(line => !line.StartsWith("hint:", StringComparison.Ordinal) && !line.StartsWith("warning:", StringComparison.Ordinal))
            .ToArray();

        // The transport's own complaint comes first and says more than the "could not read" that follows it.
        var line = lines.FirstOrDefault(l => l.StartsWith("fatal: ", StringComparison.Ordinal) || l.StartsWith("error: ", StringComparison.Ordinal));
        if (line is null || line.StartsWith("fatal: Could not read from remote repository", StringComparison.Ordinal))
        {
            line = lines.FirstOrDefault() ?? $"git ended with exit code {exitCode}";
        }

        foreach (var prefix in Prefixes)
        {
            if (line.StartsWith(prefix, StringComparison.Ordinal))
            {
                line = line[prefix.Length..];
            }
        }

        line = string.Concat(line.Select(c => char.IsControl(c) ? ' ' : c));
        return line.Length <= MaxLength ? line : line[..MaxLength] + "…";
    }
}
