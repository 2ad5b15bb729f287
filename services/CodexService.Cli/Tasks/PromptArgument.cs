namespace CodexService.Cli.Tasks;

/// <summary>What a person may give as task: the text, <c>-</c> for stdin, or <c>@file</c>.</summary>
internal static class PromptArgument
{
    /// <param name="text">What was given.</param>
    /// <param name="environment">Standard input and current folder.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <param name="what">What it is, for messages.</param>
    public static async Task<string> ResolveAsync(string text, CliEnvironment environment, CancellationToken cancellationToken, string what = "task")
    {
        var prompt = text switch
        {
            "-" => await environment.In.ReadToEndAsync(cancellationToken),
            ['@', .. var file] when file.Length > 0 => await ReadAsync(Path.GetFullPath(file, environment.CurrentDirectory), what, cancellationToken),
            _ => text,
        };
        return string.IsNullOrWhiteSpace(prompt)
            ? throw new CliException($"The {what} is empty: say in a sentence what is to be done.")
            : prompt.Trim();
    }

    private static async Task<string> ReadAsync(string file, string what, CancellationToken cancellationToken)
    {
        try
        {
            return await File.ReadAllTextAsync(file, cancellationToken);
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            throw new CliException($"Cannot read the {what} from {file}: {problem.Message.TrimEnd('.')}.", problem);
        }
    }
}
