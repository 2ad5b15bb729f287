using System.Security.Cryptography;
using System.Text.Json;
using CodexService.Contracts;
using CodexService.Contracts.Api;
using CodexService.Repositories.Patches;
using CodexService.Tasks.Reviews;

namespace CodexService.Api.PullRequests;

/// <summary>Checks a review against the diff that it is about, and quotes the lines from there.</summary>
internal static class ReviewRequestReader
{
    private const int MaxKeyLength = 200;

    /// <summary>Reads a review; either it or the errors by field are set.</summary>
    public static (SubmittedReview? Review, Dictionary<string, string[]> Errors) Read(SubmitReviewRequest request, string? key, string head, string patch, string user)
    {
        var errors = new Dictionary<string, string[]>(StringComparer.Ordinal);
        var asked = request.Comments ?? [];
        if (string.IsNullOrWhiteSpace(request.Body) && asked.Count == 0)
        {
            errors["body"] = ["The review says nothing; write a text, or comment on a line."];
        }
        else if (request.Body?.Length > ReviewLimits.LongestBody)
        {
            errors["body"] = [$"The text has {request.Body.Length:N0} characters; at most {ReviewLimits.LongestBody:N0} are taken."];
        }

        if (asked.Count > ReviewLimits.MostComments)
        {
            errors["comments"] = [$"The review has {asked.Count:N0} comments; at most {ReviewLimits.MostComments} are taken."];
            return (null, errors);
        }

        if (key?.Length > MaxKeyLength)
        {
            errors["Idempotency-Key"] = [$"The key may have at most {MaxKeyLength} characters."];
        }

        var diff = DiffLines.Read(patch);
        var comments = new List<SubmittedComment>(asked.Count);
        for (var i = 0; i < asked.Count; i++)
        {
            var (comment, field, problem) = Read(asked[i], diff);
            if (comment is null)
            {
                errors[$"comments[{i}]{field}"] = [problem!];
                continue;
            }

            comments.Add(comment);
        }

        return errors.Count > 0 ? (null, errors) : (new SubmittedReview(user, request.Event, request.Body?.Trim() ?? "", request.HeadCommit ?? head, comments)
        {
            IdempotencyKey = key,
            RequestHash = key is null ? null : Hash(request),
            User = user,
            NeedsCurrentHead = true,
        }, errors);
    }

    public static string Hash(SubmitReviewRequest request) =>
        Convert.ToHexStringLower(SHA256.HashData(JsonSerializer.SerializeToUtf8Bytes(request, JsonConventions.Options)));

    private static (SubmittedComment? Comment, string Field, string? Problem) Read(ReviewCommentRequest? comment, DiffLines diff)
    {
        if (comment is null || string.IsNullOrWhiteSpace(comment.Body))
        {
            return (null, ".body", "The comment is empty; say what is to be done about the line.");
        }

        if (comment.Body.Length > ReviewLimits.LongestComment)
        {
            return (null, ".body", $"The comment has {comment.Body.Length:N0} characters; at most {ReviewLimits.LongestComment:N0} are taken.");
        }

        if (string.IsNullOrEmpty(comment.Path) || !diff.Has(comment.Path))
        {
            return (null, ".path", $"The pull request does not change the lines of \"{VisibleText.Line(comment.Path ?? "", 200)}\"; name a file of its diff.");
        }

        var first = comment.StartLine ?? comment.Line;
        if (first > comment.Line || comment.Line - (long)first >= ReviewLimits.MostLines)
        {
            return (null, ".start_line", $"The lines {first} to {comment.Line} are no range of 1 to {ReviewLimits.MostLines} lines.");
        }

        if (diff.HunkThrough(comment.Path, comment.Side == ReviewSide.Old, first, comment.Line) is not { } hunk)
        {
            var where = comment.Side == ReviewSide.Old ? "before" : "after";
            return (null, ".line", first == comment.Line
                ? $"Line {comment.Line} of {VisibleText.Line(comment.Path, 200)} {where} the change is not in the diff."
                : $"Lines {first} to {comment.Line} of {VisibleText.Line(comment.Path, 200)} {where} the change are not together in the diff.");
        }

        return (new SubmittedComment(comment.Path, comment.Side, comment.Line, comment.Body.Trim(), hunk) { StartLine = first == comment.Line ? null : first }, "", null);
    }
}
