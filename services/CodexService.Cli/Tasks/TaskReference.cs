using CodexService.Cli.Client;
using CodexService.Cli.Terminal;

namespace CodexService.Cli.Tasks;

/// <summary>What a person may give as task id: the whole id, or a part of it that only one of the latest 200 tasks has.</summary>
internal static class TaskReference
{
    private const int Shortest = 4;

    public static async Task<Guid> ResolveAsync(string text, CodexClient client, CancellationToken cancellationToken)
    {
        if (Guid.TryParse(text, out var id))
        {
            return id;
        }

        var part = text.Replace("-", string.Empty, StringComparison.Ordinal);
        if (part.Length < Shortest || !part.All(char.IsAsciiHexDigit))
        {
            throw new CliException($"\"{text}\" is no task id: give the whole id, or at least {Shortest} characters of it (./codex list shows them).");
        }

        var recent = await client.ListTasksAsync(null, 200, cancellationToken);
        var matches = recent.Items
            .Select(task => task.Id)
            .Where(candidate => candidate.ToString("N").Contains(part, StringComparison.OrdinalIgnoreCase))
            .ToList();
        return matches switch
        {
            [var only] => only,
            [] => throw new CliException($"There is no task {text} among the latest 200."),
            _ => throw new CliException($"{text} fits {matches.Count} tasks: {string.Join(", ", matches.Take(5).Select(Words.ShortId))}. Give more of the id."),
        };
    }
}
