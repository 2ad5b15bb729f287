using System.Text.Json;
using CodexService.Contracts.Api;
using CodexService.Repositories;
using CodexService.Tasks;
using CodexService.Tasks.Attempts;
using CodexService.Tasks.Rounds;
using CodexService.Tasks.Turns;

namespace CodexService.Api.Tasks;

/// <summary>
/// Writes replay bundles. Turns are copied as they were journalled: what they hold is the brain's business, whose
/// <c>ReplayBundle</c> reads the file. Nothing in it comes from this process's settings.
/// </summary>
internal static class ReplayExport
{
    private const int Format = 1;

    /// <summary>The bundle as JSON in UTF-8.</summary>
    /// <param name="task">The task.</param>
    /// <param name="attempt">Its attempt.</param>
    /// <param name="asked">The follow-up that the attempt worked on; <see langword="null"/> for the submission's own prompt.</param>
    /// <param name="result">What the attempt left behind.</param>
    /// <param name="turns">Its turns, at least the opening.</param>
    public static byte[] Write(CodingTask task, Attempt attempt, TaskPrompt? asked, AttemptResult? result, IReadOnlyList<AttemptTurn> turns)
    {
        using var bytes = new MemoryStream();
        using (var writer = new Utf8JsonWriter(bytes, new JsonWriterOptions { Indented = true }))
        {
            writer.WriteStartObject();
            writer.WriteNumber("format", Format);
            writer.WritePropertyName("settings");
            WriteSettings(writer, turns[0].Record);
            writer.WriteString("repository", WithoutCredentials(task.Repository));
            writer.WriteString("prompt", asked?.Text ?? task.Prompt);
            writer.WriteString("testCommand", asked?.TestCommand ?? task.TestCommand);
            writer.WriteString("baseCommit", attempt.BaseCommit ?? task.BaseCommit ?? "");
            writer.WriteString("template", task.Template);
            writer.WriteBoolean("isQuestion", task.Kind == TaskKind.Ask);
            writer.WriteStartArray("turns");
            foreach (var turn in turns)
            {
                writer.WriteRawValue(turn.Record);
            }

            writer.WriteEndArray();
            writer.WriteString("patch", result?.Patch ?? "");
            writer.WriteEndObject();
        }

        return bytes.ToArray();
    }

    /// <summary>An address as it may be handed on: a user name on the web is often a token, so it goes with the password.</summary>
    internal static string WithoutCredentials(string repository) => RepositoryAddress.TryParse(repository, out var address, out _) ? address.Value : "";

    private static void WriteSettings(Utf8JsonWriter writer, string opening)
    {
        using var document = JsonDocument.Parse(opening);
        if (document.RootElement.TryGetProperty("settings", out var settings))
        {
            settings.WriteTo(writer);
        }
        else
        {
            writer.WriteNullValue();
        }
    }
}
