using System.Text.Json;

namespace CodexService.Agent.Journal;

/// <summary>
/// Everything that an attempt of the model brain was, in one file: what it was told, what the model answered, what the
/// tools said, what came out. Replayed offline by <see cref="ReplayedModelCaller"/>.
/// </summary>
/// <param name="Format">Version of this format.</param>
/// <param name="Settings">What the attempt was started with, the hash of its prompts included.</param>
/// <param name="Prompt">What the person asked.</param>
/// <param name="TestCommand">The command that proves the change.</param>
/// <param name="BaseCommit">Commit that the work started from; empty when unknown.</param>
/// <param name="Turns">The opening and the turns.</param>
/// <param name="Patch">The unified diff that came out; empty when nothing did.</param>
public sealed record ReplayBundle(
    int Format,
    AttemptSettings Settings,
    string Prompt,
    string TestCommand,
    string BaseCommit,
    IReadOnlyList<TurnRecord> Turns,
    string Patch)
{
    private const int CurrentFormat = 1;

    /// <summary>Where the repository is: local path or clone URL, without any credentials; empty when unknown.</summary>
    public string Repository { get; init; } = "";

    /// <summary>Prompt template that the task named; <see langword="null"/> for none.</summary>
    public string? Template { get; init; }

    /// <summary>Whether the prompt is a question, so that nothing is changed.</summary>
    public bool IsQuestion { get; init; }

    /// <summary>The system prompt and the first prompt as they were; <see langword="null"/> when the bundle has no opening.</summary>
    internal TurnRecord? Opening => Turns is [{ Number: 0, Notes.Count: 2 } opening, ..] ? opening : null;

    /// <summary>The bundle of an attempt.</summary>
    /// <exception cref="InvalidOperationException">The journal has no opening, so no turn was ever begun.</exception>
    public static ReplayBundle From(ITurnJournal journal, string prompt, string testCommand, string baseCommit, string patch) => new(
        CurrentFormat,
        (journal.Recorded is [var opening, ..] ? opening.Settings : null) ?? throw new InvalidOperationException("the attempt has no turns to export: it ended before the model was asked"),
        prompt,
        testCommand,
        baseCommit,
        [.. journal.Recorded],
        patch);

    /// <summary>Writes the bundle as JSON.</summary>
    public Task WriteAsync(Stream stream, CancellationToken cancellationToken) =>
        JsonSerializer.SerializeAsync(stream, this, TurnJson.Indented, cancellationToken);

    /// <summary>Reads a bundle.</summary>
    /// <exception cref="InvalidDataException">It is no bundle, or one of a later format; the message is one line.</exception>
    public static async Task<ReplayBundle> ReadAsync(Stream stream, CancellationToken cancellationToken)
    {
        ReplayBundle? bundle;
        try
        {
            bundle = await JsonSerializer.DeserializeAsync<ReplayBundle>(stream, TurnJson.Indented, cancellationToken);
        }
        catch (JsonException e)
        {
            throw new InvalidDataException($"this is not a replay bundle: line {e.LineNumber + 1} cannot be read", e);
        }

        return bundle switch
        {
            { Format: CurrentFormat, Settings: not null, Turns: not null, Opening: not null } => bundle,
            { Format: > CurrentFormat } => throw new InvalidDataException($"the replay bundle has format {bundle.Format}, this version reads up to {CurrentFormat}: update the service"),
            _ => throw new InvalidDataException("this is not a replay bundle: format, settings or the opening are missing"),
        };
    }
}
