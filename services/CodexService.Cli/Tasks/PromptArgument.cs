namespace CodexService.Cli.Tasks;

/// <summary>What a person may give as task: the text, <c>-</c> for stdin, or <c>@file</c>.</summary>
internal static class PromptArgument
{
    public static async Task<string> ResolveAsync(string text, CliEnvironment environment, CancellationToken cancellationToken)
    {
        var prompt = text switch
        {
            "-" => await environment.In.ReadToEndAsync(cancellationToken),
            ['@', .. var file] when file.Length > 0 => await ReadAsync(Path.GetFullPath(file, environment.CurrentDirectory), cancellationToken),
            _ => text,
        };
        return string.IsNullOrWhiteSpace(prompt)
            ? throw new CliException("The task is empty: say in a sentence what is to be done.")
            : prompt.Trim();
    }

    private static async Task<string> ReadAsync(string file, CancellationToken cancellationToken)
    {
        try
        {
            return await File.ReadAllTextAsync(file, cancellationToken);
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            throw new CliException($"Cannot read the task from {file}: {problem.Message.TrimEnd('.')}.", problem);
        }
    }
}
