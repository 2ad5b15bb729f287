using CodexService.Contracts.Api;

namespace CodexService.Cli.Tests.Commands;

public sealed class ResolveCommandTests : CommandTest
{
    [Theory]
    [InlineData(TaskEventTypes.ConflictsFound, "Pull request #1 conflicts with main in a.py", "Pull request #1 conflicts with main in a.py\nA follow-up resolves them; ./codex watch 1234abcd follows it.\n")]
    [InlineData(TaskEventTypes.ConflictResolutionDeclined, "Conflicts of pull request #1: nothing to resolve", "Conflicts of pull request #1: nothing to resolve\n")]
    public async Task Resolve_Ended_TellsWhatCameOfTheLook(string type, string message, string told)
    {
        Api.PullRequests.Add(Api.Task.PullRequest!);
        Api.Events.Add(new TaskEventInfo(Api.Task.LastSeq + 1, type, DateTimeOffset.UnixEpoch, null, message, null));

        Assert.Equal(0, await Cli.RunAsync("resolve", "1234abcd"));

        Assert.Equal(told, Cli.Out.ToString());
        Assert.Single(Api.Requests, request => request.Method == "POST" && request.PathAndQuery == $"/api/pull-requests/{Api.Task.PullRequest!.Number}/resolve-conflicts");
    }

    [Fact]
    public async Task Resolve_NoPullRequest_IsOneLine()
    {
        Api.Task = Api.Task with { PullRequest = null };

        Assert.Equal(1, await Cli.RunAsync("resolve", "1234abcd"));

        Assert.Equal("error: Task 1234abcd has no pull request, so there is nothing that could be in conflict.\n", Cli.Error.ToString());
    }
}
