namespace CodexService.Contracts.Api;

/// <summary>What a person wants of a task.</summary>
public enum TaskKind
{
    /// <summary>A change of the repository: a verified patch and its pull request.</summary>
    Change,

    /// <summary>An answer to a question about the repository; nothing is changed.</summary>
    Ask,

    /// <summary>A review of a change that somebody made; nothing is changed.</summary>
    Review,
}

/// <summary>A place in the repository that an answer names, checked against the files of the base commit.</summary>
/// <param name="Path">Path in the repository, as the answer gives it.</param>
/// <param name="Line">Line, counted from 1.</param>
/// <param name="EndLine">Last line of a range; <see langword="null"/> for one line.</param>
/// <param name="Exists">Whether the base commit has the file and it is that long.</param>
public sealed record AnswerReference(string Path, int Line, int? EndLine, bool Exists);

/// <summary>The prompts that an attempt of the model brain was opened with; two attempts with the same hash had the same prompt files.</summary>
/// <param name="Hash">SHA-256 over all prompt files, in hexadecimal.</param>
/// <param name="Version">Version of the prompt files.</param>
/// <param name="Model">Configured name of the model.</param>
public sealed record AttemptPrompts(string Hash, int Version, string Model);
