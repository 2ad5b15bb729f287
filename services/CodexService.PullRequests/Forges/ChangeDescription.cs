using CodexService.Contracts.Api;

namespace CodexService.PullRequests.Forges;

/// <summary>What a commit message and a pull request tell about a change. Prompt, summary and test names are foreign text.</summary>
/// <param name="TaskId">The task.</param>
/// <param name="Prompt">What the person asked.</param>
/// <param name="Title">Imperative title from the brain; may be empty.</param>
/// <param name="Summary">What was found and done; Markdown from the brain.</param>
/// <param name="Brain"><c>repair</c> or <c>model</c>.</param>
/// <param name="BaseCommit">Commit that the change was made on.</param>
/// <param name="Verification">The proof.</param>
/// <param name="HeldForApproval">Paths that a person must look at before approving.</param>
public sealed record ChangeDescription(
    Guid TaskId,
    string Prompt,
    string Title,
    string Summary,
    string Brain,
    string BaseCommit,
    VerificationReport Verification,
    IReadOnlyList<string> HeldForApproval)
{
    /// <summary>What the same pull request was asked for before, oldest first; foreign text.</summary>
    public IReadOnlyList<EarlierRequest> Earlier { get; init; } = [];

    /// <summary>Where people read the task's log; <see langword="null"/> when no public address is known.</summary>
    public Uri? Log { get; init; }

    private const int MaxTitleLength = 72;

    /// <summary>The title on one line of at most 72 characters; the prompt's first line when the brain gave none.</summary>
    public string CleanTitle
    {
        get
        {
            var title = ForeignText.OneLine(ForeignText.Defuse(Title));
            title = title.Length > 0 ? title : ForeignText.OneLine(ForeignText.Defuse(ForeignText.FirstLine(Prompt)));
            title = title.TrimStart('#', '>', ' ').TrimEnd('.', ' ');
            title = title.Length > 0 ? title : "Change the repository as asked";
            return ForeignText.Shorten(title, MaxTitleLength);
        }
    }
}

/// <summary>An earlier prompt of the same task.</summary>
/// <param name="Prompt">What was asked.</param>
/// <param name="Outcome">What came of it, one line.</param>
public sealed record EarlierRequest(string Prompt, string Outcome);
