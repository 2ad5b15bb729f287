using System.Net;
using CodexService.Api.Tests.Hosting;
using CodexService.Contracts.Api;
using CodexService.Tasks.PullRequests;
using CodexService.Testing;

namespace CodexService.Api.Tests.PullRequests;

public sealed class ReviewEndpointsTests(ApiFixture api) : IClassFixture<ApiFixture>, IDisposable
{
    private readonly ApiClient client = api.Client();

    public void Dispose() => client.Dispose();

    [Fact]
    public async Task RequestChanges_OnALine_QuotesItAndStartsAFollowUp()
    {
        var (taskId, number) = await OpenAsync();

        var sent = await ApiClient.ReadAsync<ReviewInfo>(await PostAsync(number, Changes), HttpStatusCode.Created);

        Assert.Equal(("owner", ReviewEvent.RequestChanges, 2, ReviewProgress.Working), (sent.Author, sent.Event, sent.Round, sent.Progress));
        var comment = Assert.Single(sent.Comments);
        Assert.Equal(("-x = 1\n+x = 2", ReviewSide.New, 1, null, ReviewCommentState.Open), (comment.Quote, comment.Side, comment.Line, comment.StartLine, comment.State));
        var task = await client.GetAsync<TaskDetail>($"/api/tasks/{taskId}");
        Assert.Equal((TaskState.Queued, 1), (task.Summary.State, task.PullRequest!.OpenComments));
        Assert.Contains("1. `app.py:1`\n\n```diff\n-x = 1\n+x = 2\n```\n\nWhy two?", task.Prompts[1].Text, StringComparison.Ordinal);
        Assert.Equal("owner", await Sql.ScalarAsync<string>(api.Database, $"SELECT requested_by FROM attempts WHERE id = '{task.Attempts[^1].Id}'"));
        Assert.Equal(sent.Id, Assert.Single(await client.GetAsync<ReviewInfo[]>($"/api/pull-requests/{number}/reviews")).Id);
        Assert.Equal(1, (await client.GetAsync<PullRequestInfo>($"/api/pull-requests/{number}")).OpenComments);
        Assert.Contains("running", (await ApiClient.ProblemAsync(await PostAsync((await RunAgainAsync(taskId)).Number, Changes), HttpStatusCode.Conflict)).Title, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Review_RepeatedWithItsKey_IsAnsweredAgain_AndAnotherOneIsRefused()
    {
        var (taskId, number) = await OpenAsync();

        var first = await ApiClient.ReadAsync<ReviewInfo>(await PostAsync(number, Changes, ("Idempotency-Key", "once")), HttpStatusCode.Created);
        var again = await ApiClient.ReadAsync<ReviewInfo>(await PostAsync(number, Changes, ("Idempotency-Key", "once")), HttpStatusCode.OK);
        var other = await ApiClient.ProblemAsync(await PostAsync(number, Remark, ("Idempotency-Key", "once")), HttpStatusCode.Conflict);

        Assert.Equal(first.Id, again.Id);
        Assert.Contains("use a new key", other.Title, StringComparison.Ordinal);
        Assert.Equal(2, (await client.GetAsync<TaskDetail>($"/api/tasks/{taskId}")).Prompts.Count);
    }

    [Theory]
    [InlineData("""{"event":"comment"}""", "body")]
    [InlineData("""{"event":"comment","body":"  ","comments":[]}""", "body")]
    [InlineData("""{"event":"comment","comments":[{"path":"other.py","line":1,"body":"x"}]}""", "comments[0].path")]
    [InlineData("""{"event":"comment","comments":[{"line":1,"body":"x"}]}""", "comments[0].path")]
    [InlineData("""{"event":"comment","comments":[{"path":"app.py","line":1,"body":"x"},{"path":"app.py","line":7,"body":"x"}]}""", "comments[1].line")]
    [InlineData("""{"event":"comment","comments":[{"path":"app.py","line":2,"side":"old","body":"x"}]}""", "comments[0].line")]
    [InlineData("""{"event":"comment","comments":[{"path":"app.py","line":1,"start_line":2,"body":"x"}]}""", "comments[0].start_line")]
    [InlineData("""{"event":"comment","comments":[{"path":"app.py","line":1,"start_line":-2147483648,"body":"x"}]}""", "comments[0].start_line")]
    [InlineData("""{"event":"comment","comments":[{"path":"app.py","line":1,"body":" "}]}""", "comments[0].body")]
    public async Task BadReview_NamesTheField(string body, string field)
    {
        var (_, number) = await OpenAsync();
        var problem = await ApiClient.ProblemAsync(await client.PostTextAsync($"/api/pull-requests/{number}/reviews", body), HttpStatusCode.BadRequest);
        Assert.Equal([field], problem.Errors!.Keys);
        Assert.Empty(await client.GetAsync<ReviewInfo[]>($"/api/pull-requests/{number}/reviews"));
    }

    [Theory]
    [InlineData("""{"event":"approve","body":"x"}""")]
    [InlineData("""{"event":"comment","body":"x","verdict":"good"}""")]
    public async Task UnknownWord_IsRefused(string body)
    {
        var (_, number) = await OpenAsync();
        await ApiClient.ProblemAsync(await client.PostTextAsync($"/api/pull-requests/{number}/reviews", body), HttpStatusCode.BadRequest);
    }

    [Fact]
    public async Task TooMuch_IsRefused()
    {
        var (_, number) = await OpenAsync();
        var many = await ApiClient.ProblemAsync(await PostAsync(number, new { @event = "comment", comments = Enumerable.Repeat(new { path = "app.py", line = 1, body = "x" }, 101) }), HttpStatusCode.BadRequest);
        var @long = await ApiClient.ProblemAsync(await PostAsync(number, new { @event = "comment", body = new string('x', 20_001) }), HttpStatusCode.BadRequest);
        Assert.Equal(["comments", "body"], many.Errors!.Keys.Concat(@long.Errors!.Keys));
    }

    [Fact]
    public async Task MovedHead_OldReviewIsRefused_AndTheNewDiffCounts()
    {
        var (taskId, number) = await OpenAsync();
        var old = new { @event = "request_changes", head_commit = "2222222222222222222222222222222222222222", comments = new[] { new { path = "app.py", line = 1, side = "old", body = "x" } } };
        await PostAsync(number, old, ("Idempotency-Key", "moved"));
        await RunAgainAsync(taskId, finish: true);
        await ApiClient.ReadAsync<ReviewInfo>(await PostAsync(number, old, ("Idempotency-Key", "moved")), HttpStatusCode.OK);

        var refused = await ApiClient.ProblemAsync(await PostAsync(number, old), HttpStatusCode.Conflict);
        var taken = await ApiClient.ReadAsync<ReviewInfo>(await PostAsync(number, new { @event = "comment", comments = new[] { new { path = "app.py", line = 2, body = "x" } } }), HttpStatusCode.Created);

        Assert.Contains("another head", refused.Title, StringComparison.Ordinal);
        Assert.Equal("3333333333333333333333333333333333333333", taken.HeadCommit);
        var first = (await client.GetAsync<ReviewInfo[]>($"/api/pull-requests/{number}/reviews"))[0];
        Assert.Equal((ReviewProgress.Addressed, "3333333333333333333333333333333333333333", true), (first.Progress, first.AddressedBy, first.Comments[0].IsOutdated));
        using var patch = await client.SendAsync(HttpMethod.Get, $"/api/pull-requests/{number}/patch");
        Assert.Equal("text/x-diff", patch.Content.Headers.ContentType!.MediaType);
        Assert.Contains("+1,2 @@", await patch.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task NoPullRequest_Is404()
    {
        await ApiClient.ProblemAsync(await PostAsync(4711, Changes), HttpStatusCode.NotFound);
        await ApiClient.ProblemAsync(await client.SendAsync(HttpMethod.Get, "/api/pull-requests/4711/reviews"), HttpStatusCode.NotFound);
        await ApiClient.ProblemAsync(await client.SendAsync(HttpMethod.Get, "/api/pull-requests/4711/patch"), HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task BudgetUsedUp_ChangesCannotBeRequestedButCommented_AndARepetitionIsAnswered()
    {
        await using var host = await ApiHost.StartAsync(api.Database, api.Folder, ("Budgets:Users:0:Name", "dora"), ("Budgets:Users:0:Tokens", "1000"));
        using var dora = new ApiClient(host.Address, await api.Worker.Tokens.CreateAsync("dora", CancellationToken.None));
        var (taskId, number) = await OpenAsync();
        var path = $"/api/pull-requests/{number}/reviews";
        await ApiClient.ReadAsync<ReviewInfo>(await dora.PostAsync(path, Changes, ("Idempotency-Key", "dora-1")), HttpStatusCode.Created);
        var lease = (await RunAgainAsync(taskId)).Lease;
        await api.Worker.Get<CodexService.Tasks.Turns.AttemptTurns>().WriteAsync(lease, 1, "{}", new CodexService.Tasks.Attempts.TokenUsage(1200, 0, 10, 0), CancellationToken.None);
        await api.Worker.FinishAsync(lease, AttemptState.Failed);

        await ApiClient.ProblemAsync(await dora.PostAsync(path, Changes), HttpStatusCode.TooManyRequests);
        await ApiClient.ReadAsync<ReviewInfo>(await dora.PostAsync(path, Changes, ("Idempotency-Key", "dora-1")), HttpStatusCode.OK);
        await ApiClient.ReadAsync<ReviewInfo>(await dora.PostAsync(path, Remark), HttpStatusCode.Created);
    }

    private static object Changes { get; } = new { @event = "request_changes", body = "Not yet.", comments = new[] { new { path = "app.py", line = 1, body = "Why two?" } } };

    private static object Remark { get; } = new { @event = "comment", body = "Nice." };

    private Task<HttpResponseMessage> PostAsync(int number, object body, params (string Name, string Value)[] headers) =>
        client.PostAsync($"/api/pull-requests/{number}/reviews", body, headers);

    private async Task<(Guid TaskId, int Number)> OpenAsync()
    {
        var lease = await api.Worker.SubmitAndClaimAsync();
        await api.Worker.SucceedAsync(lease);
        return (lease.TaskId, await api.Worker.OpenPullRequestAsync(lease.TaskId));
    }

    // The follow-up's attempt runs, and ends with another commit on the pull request when wanted.
    private async Task<(int Number, CodexService.Tasks.Leases.AttemptLease Lease)> RunAgainAsync(Guid taskId, bool finish = false)
    {
        var detail = await api.Worker.DetailAsync(taskId);
        var lease = (await api.Worker.Leases.ClaimAsync(detail.Attempts[^1].Id, "worker", CancellationToken.None))!.Lease;
        if (finish)
        {
            await api.Worker.SucceedAsync(lease, lines: 3);
            await api.Worker.Store.ChangeAsync(
                taskId, (task, now, _) => task.MovePullRequest(new PullRequestHead("3333333333333333333333333333333333333333", "evidence", []), now), CancellationToken.None);
        }

        return (detail.PullRequest!.Number, lease);
    }
}
