using System.Text.Json;
using CodexService.Contracts;
using CodexService.Contracts.Api;

namespace CodexService.Cli.Tests.Commands;

public sealed class ReviewCommandTests : CommandTest
{
    [Fact]
    public async Task Review_RequestChanges_SendsTheCommentsAndTellsHowToFollow()
    {
        Assert.Equal(0, await Cli.RunAsync("review", "1234abcd", "--request-changes", "--body", "Nearly.", "--comment", "app.py:12:say: 1:2", "--comment", "a:b.py:3-5: Why?"));

        Assert.Equal("Changes requested on #1: round 2 of task 1234abcd is queued; ./codex watch 1234abcd follows it.\n", Cli.Out.ToString());
        var sent = Sent();
        Assert.Equal((ReviewEvent.RequestChanges, "Nearly.", Sample.PullRequest().HeadCommit), (sent.Event, sent.Body, sent.HeadCommit));
        Assert.Equal(
            [new ReviewCommentRequest("app.py", 12, "say: 1:2"), new ReviewCommentRequest("a:b.py", 5, "Why?", StartLine: 3)],
            sent.Comments!);
    }

    [Fact]
    public async Task Review_WithoutAsking_IsARemark_AndAnAnswerThatGotLostIsNoSecondOne()
    {
        Assert.Equal(0, await Cli.RunAsync("review", "1234abcd", "--body", "Nice"));
        Assert.Equal("Commented on #1.\n", Cli.Out.ToString());
        Assert.Equal(ReviewEvent.Comment, Sent().Event);
        Assert.NotEmpty(Post().Headers["Idempotency-Key"]);
    }

    [Theory]
    [InlineData("--comment", "app.py:Why?", "--comment is path:line:text or path:first-last:text, not app.py:Why?")]
    [InlineData("--comment", "app.py:12: ", "--comment is path:line:text")]
    [InlineData("--comment", "app.py:99999999999:x", "--comment is path:line:text")]
    [InlineData("--body", " ", "The review is empty")]
    [InlineData("--request-changes", "true", "The review says nothing; add --body or --comment.")]
    public async Task Review_ThatCannotBeSent_IsOneLine(string option, string value, string line)
    {
        Assert.Equal(1, await Cli.RunAsync("review", "1234abcd", option, value));
        Assert.StartsWith($"error: {line}", Cli.Error.ToString(), StringComparison.Ordinal);
        Assert.Empty(Api.Requests);
    }

    [Fact]
    public async Task Review_TaskWithoutAPullRequest_IsOneLine()
    {
        Api.Task = Api.Task with { PullRequest = null };
        Assert.Equal(1, await Cli.RunAsync("review", "1234abcd", "--body", "x"));
        Assert.Equal("error: Task 1234abcd has no pull request to review.\n", Cli.Error.ToString());
    }

    private SeenRequest Post() => Api.Requests.Single(request => request is { Method: "POST", PathAndQuery: "/api/pull-requests/1/reviews" });

    private SubmitReviewRequest Sent() => JsonSerializer.Deserialize<SubmitReviewRequest>(Post().Body, JsonConventions.Options)!;
}
