using System.Net;
using System.Security.Cryptography;
using System.Text;
using CodexService.GitHub;
using CodexService.GitHub.Rest;
using CodexService.Tasks.Persistence;
using CodexService.Tasks.Reports;

namespace CodexService.PullRequests.Reporting;

/// <summary>One pass over all that GitHub shows of one task. Each part answers what stands against it, or nothing.</summary>
internal sealed partial class ReportPass(
    TasksDbContext db,
    ReportPlace place,
    GitHubReport report,
    IGitHubRepository repository,
    TaskStanding standing,
    CheckRefusals refusals,
    IReadOnlyList<string> labels,
    TimeProvider time,
    ILogger logger)
{
    // One for the issue, and a new one when a person deletes it. More would be an argument.
    private const int MostComments = 2;

    /// <summary>The parts in their order.</summary>
    public IReadOnlyList<(GitHubReportParts Part, Func<CancellationToken, Task<string?>> Work)> Parts =>
    [
        (GitHubReportParts.Comment, CommentAsync),
        (GitHubReportParts.Held, TellHeldAsync),
        (GitHubReportParts.Check, CheckAsync),
        (GitHubReportParts.Threads, AnswerThreadsAsync),
        (GitHubReportParts.Decoration, DecorateAsync),
    ];

    public Task SaveAsync(CancellationToken cancellationToken) => db.SaveChangesAsync(cancellationToken);

    /// <summary>What a refusal means for the person who looks.</summary>
    public string Explain(GitHubException e) => e switch
    {
        { Status: HttpStatusCode.Forbidden } when e.Message.Contains("locked", StringComparison.OrdinalIgnoreCase) =>
            $"the conversation of #{place.Number} in {repository.Name} is locked: unlock it to see the task's state there",
        { Status: HttpStatusCode.Gone } => $"#{place.Number} in {repository.Name} was deleted, so nothing can be said there",
        _ => e.Message,
    };

    private async Task<string?> CommentAsync(CancellationToken cancellationToken)
    {
        if (place.Origin is null && report.CommentsMade == 0 && !standing.HasFollowUps)
        {
            // The pull request itself says all there is to say, until somebody asks for more.
            return null;
        }

        var text = StatusComment.Write(standing);
        var hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
        if (report.CommentId is { } known)
        {
            if (report.CommentHash == hash)
            {
                return null;
            }

            try
            {
                await repository.Issues.UpdateCommentAsync(known, Marked(report.CommentsMade - 1), cancellationToken);
                report.CommentHash = hash;
                return null;
            }
            catch (GitHubException e) when (e.Failure == GitHubFailure.NotFound)
            {
                // A person deleted it; when the whole repository is gone, the next call says so.
                report.CommentId = null;
                report.CommentHash = null;
                await SaveAsync(cancellationToken);
            }
        }

        if (report.CommentsMade >= MostComments)
        {
            return $"the status comment on #{place.Number} in {repository.Name} was deleted more than once, so no other is made";
        }

        var marked = Marked(report.CommentsMade);
        var mark = HiddenMark.Status(standing.TaskId, report.Mark, report.CommentsMade);
        var found = await FindAsync(place.Number, mark, cancellationToken);
        if (found is null)
        {
            found = await repository.Issues.CreateCommentAsync(place.Number, marked, cancellationToken);
        }
        else if (found.Body != marked)
        {
            found = await repository.Issues.UpdateCommentAsync(found.Id, marked, cancellationToken);
        }

        report.CommentId = found.Id;
        report.CommentHash = hash;
        report.CommentsMade++;
        return null;

        string Marked(int made) => HiddenMark.Status(standing.TaskId, report.Mark, made) + text;
    }

    private async Task<string?> TellHeldAsync(CancellationToken cancellationToken)
    {
        if (standing is not { IsOver: true, PullRequest: { IsOnGitHub: true, State: Contracts.Api.PullRequestState.Open } pull }
            || report.HeldHead == pull.HeadCommit
            || HeldPathsComment.Write(standing) is not { } text)
        {
            return null;
        }

        var mark = HiddenMark.Held(standing.TaskId, pull.HeadCommit, report.Mark);
        if (await FindAsync(pull.Number, mark, cancellationToken) is null)
        {
            await repository.Issues.CreateCommentAsync(pull.Number, mark + text, cancellationToken);
        }

        report.HeldHead = pull.HeadCommit;
        return null;
    }

    // Servers and proxies may change how lines end.
    private async Task<IssueComment?> FindAsync(int number, string mark, CancellationToken cancellationToken) =>
        (await repository.Issues.ListCommentsAsync(number, cancellationToken))
            .FirstOrDefault(comment => comment.Body?.ReplaceLineEndings("\n").StartsWith(mark, StringComparison.Ordinal) == true);
}
