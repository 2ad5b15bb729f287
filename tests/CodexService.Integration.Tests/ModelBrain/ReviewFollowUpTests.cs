using System.Net;
using CodexService.Contracts.Api;
using CodexService.Integration.Tests.Stack;
using CodexService.Testing.ScriptedModels;
using Xunit.Abstractions;
using static CodexService.Integration.Tests.ModelBrain.AddTask;

namespace CodexService.Integration.Tests.ModelBrain;

/// <summary>The built-in review, the whole way: changes requested on a line, a follow-up, a second commit that addresses them.</summary>
public sealed class ReviewFollowUpTests(ModelStackFixture fixture, ITestOutputHelper output) : AddTaskTest(fixture, output)
{
    [Fact]
    public async Task RequestChanges_OnALine_IsASecondCommitThatAddressesTheComment()
    {
        await using var model = await ScriptedModelServer.StartAsync(
            View,
            Edit,
            RunTests,
            Submit,
            ScriptedTurn.Call("edit", new { path = "calc.py", old = "return a + b", @new = "return b + a" }),
            RunTests,
            ScriptedTurn.Call("submit", new { title = "Swap the operands", summary = "As the review asks." }));
        await using var stack = With(model);
        var first = await EndAsync(stack, (await stack.Api.SubmitAsync(Submission())).Summary.Id);
        Assert.True(first.Summary.State == TaskState.Succeeded, first.Summary.Reason);
        var path = $"/api/pull-requests/{first.PullRequest!.Number}";
        var changes = new SubmitReviewRequest(
            ReviewEvent.RequestChanges, "Nearly.", [new ReviewCommentRequest("calc.py", 2, "Put `b` first.")], first.HeadCommit);

        using var answer = await stack.Api.PostAsync($"{path}/reviews", changes);
        var review = await ApiClient.ReadAsync<ReviewInfo>(answer, HttpStatusCode.Created);
        var asked = await stack.Api.EventAsync(first.Summary.Id, entry => entry.Type == TaskEventTypes.ReviewSubmitted);
        var task = await EndAsync(stack, first.Summary.Id, asked.Seq);

        Assert.True(task.Summary.State == TaskState.Succeeded, task.Summary.Reason);
        Assert.Equal((first.PullRequest.Number, first.Branch, 0), (task.PullRequest!.Number, task.Branch, task.PullRequest.OpenComments));
        Assert.Equal([task.HeadCommit!, first.HeadCommit!], Repository.Git("rev-list", $"main..{task.Branch}").Split('\n', StringSplitOptions.RemoveEmptyEntries));
        Assert.Contains("return b + a", Repository.Git("show", $"{task.Branch}:calc.py"), StringComparison.Ordinal);

        using var list = await stack.Api.GetAsync($"{path}/reviews");
        var read = Assert.Single(await ApiClient.ReadAsync<ReviewInfo[]>(list, HttpStatusCode.OK));
        Assert.Equal((review.Id, ReviewProgress.Addressed, task.HeadCommit), (read.Id, read.Progress, read.AddressedBy));
        var comment = Assert.Single(read.Comments);
        Assert.Equal((ReviewCommentState.Addressed, task.HeadCommit, true), (comment.State, comment.AddressedBy, comment.IsOutdated));
        using var patch = await stack.Api.GetAsync($"{path}/patch");
        Assert.Contains("-    return a + b\n+    return b + a\n", await patch.Content.ReadAsStringAsync(), StringComparison.Ordinal);

        var prompt = string.Join('\n', model.Requests[4].Messages.Select(ScriptedRequest.TextOf));
        foreach (var told in new[] { "Nearly.", "`calc.py:2`", "-    return a - b\n+    return a + b\n", "Put `b` first." })
        {
            Assert.Contains(told, prompt, StringComparison.Ordinal);
        }
    }
}
