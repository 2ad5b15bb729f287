using System.Globalization;
using CodexService.PullRequests.Reporting;
using CodexService.Testing;
using CodexService.Testing.GitHub;

namespace CodexService.PullRequests.Tests.Reporting;

/// <summary>Tasks whose place is not there any more.</summary>
[Collection(ReportingCollection.Name)]
public sealed class ReportPlacesTests(ReportingServers servers) : ReportingTest(servers)
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task ReportAsync_RepositoryMadeAnewUnderTheName_IsToldNothing(bool ofAnIssue)
    {
        var id = (await Emulator.SendAsync("writer", HttpMethod.Get, $"repos/{Repository}")).GetProperty("id").GetInt64();
        var (task, head) = await SucceededAsync(ofAnIssue ? await SubmitAsync() : await SubmitElsewhereAsync(), []);
        await KnowAsync(task, id + 1);

        await ReportAsync(task);
        await ReportAsync(task);

        Assert.Equal(["GetAsync"], GitHub.Calls);
        Assert.StartsWith($"{Repository} is another repository by now", (await StoredAsync(task)).Problem, StringComparison.Ordinal);
        Assert.True((await StoredAsync(task)).Settled);

        // Its new name is known, and the task goes on.
        await KnowAsync(task, id);
        await FollowUpAsync(task);
        await ReportAsync(task);
        Assert.NotEmpty(await ChecksAsync(head));
        Assert.Null((await StoredAsync(task)).Problem);
    }

    [Fact]
    public async Task ReportAsync_PullRequestOfAnotherGitHub_IsNotDueAnyMore()
    {
        var (task, _) = await SucceededAsync(await SubmitElsewhereAsync(), []);
        await Sql.ExecuteAsync(Services.Database, $"UPDATE pull_requests SET repository = 'https://other.example.com/acme/shop.git' WHERE task_id = '{task}'");
        Assert.Contains(task, await Services.Get<TaskReporter>().FindDueAsync(default));

        await ReportAsync(task);

        Assert.Empty(GitHub.Calls);
        Assert.DoesNotContain(task, await Services.Get<TaskReporter>().FindDueAsync(default));
        await FollowUpAsync(task);
        Assert.Contains(task, await Services.Get<TaskReporter>().FindDueAsync(default));
    }

    private Task<int> KnowAsync(Guid task, long id) => Sql.ExecuteAsync(
        Services.Database,
        string.Create(CultureInfo.InvariantCulture, $"UPDATE pull_requests SET repository_id = {id} WHERE task_id = '{task}'; UPDATE task_origins SET repository_id = {id} WHERE task_id = '{task}'"));
}
