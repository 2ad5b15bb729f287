using CodexService.Contracts.Api;
using CodexService.GitHub;
using CodexService.PullRequests.Forges;
using CodexService.PullRequests.Merging;
using CodexService.PullRequests.Opening;
using CodexService.PullRequests.Pending;
using CodexService.PullRequests.Tests.Forges.GitHub;
using CodexService.Tasks.Attempts;
using CodexService.Tasks.FollowUps;
using CodexService.Tasks.Leases;
using CodexService.Tasks.Rounds;
using CodexService.Tasks.Submission;
using CodexService.Testing;
using CodexService.Testing.GitHub;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace CodexService.PullRequests.Tests.Opening;

/// <summary>A task of an issue on its way to a pull request on GitHub: real PostgreSQL, real git, the emulated API.</summary>
[Collection(EmulatorTests.Name)]
public sealed class OpeningOnGitHubTests(EmulatorFixture emulator) : IAsyncLifetime
{
    private readonly string name = $"acme/opening-{Guid.NewGuid().ToString("N")[..8]}";
    private readonly PostgresFixture postgres = new();
    private readonly DirectoryInfo cache = Directory.CreateTempSubdirectory("codex-test-cache-");
    private TestRepository? work;
    private TaskServices? services;

    private TaskServices Services => services!;

    public async Task InitializeAsync()
    {
        await emulator.Control.CreateRepositoryAsync(name, new Dictionary<string, string> { ["a.py"] = "one\n" });
        work = await TestRepository.CreateAsync();
        await work.GitAsync("-c", "credential.helper=", "pull", "-q", emulator.CloneUrl(name), "main");
        var configuration = new ConfigurationBuilder()
            .AddInMemoryCollection(new Dictionary<string, string?>(StringComparer.Ordinal)
            {
                ["Repositories:Folder"] = cache.FullName,
                ["Repositories:ListTimeout"] = "00:05:00",
                ["GITHUB_API_URL"] = emulator.Api.AbsoluteUri,
                ["GitHub:RequestTimeout"] = "00:05:00",
                ["CODEX_GITHUB_APP_ID"] = EmulatorFixture.AppId,
                ["CODEX_GITHUB_APP_KEY"] = emulator.AppKey.ExportPkcs8PrivateKeyPem(),
            })
            .Build();
        services = new TaskServices(await postgres.CreateDatabaseAsync(), collection =>
        {
            collection.AddSingleton<IConfiguration>(configuration);
            collection.AddGitHub(configuration, cache.FullName);
            collection.AddForges();
            collection.AddPending();
            collection.AddSingleton<PullRequestOpener>();
            collection.AddSingleton<PullRequestMerger>();
        });
    }

    public async Task DisposeAsync()
    {
        await Services.DisposeAsync();
        await postgres.DisposeAsync();
        work!.Dispose();
        cache.Delete(recursive: true);
    }

    [Fact]
    public async Task OpenThenMerge_TaskOfAnIssue_IsStoredWithGitHubsNumberAndClosesTheIssue()
    {
        var (id, issue) = await VerifiedAsync("two\n");

        await Services.Get<PullRequestOpener>().OpenAsync(id, default);

        var task = await Services.DetailAsync(id);
        Assert.Equal((TaskState.Succeeded, null), (task.Summary.State, task.Summary.Reason));
        Assert.StartsWith($"codex/issue-{issue}-", task.Branch, StringComparison.Ordinal);
        Assert.Equal($"{emulator.Api}{name}/pull/{issue + 1}", task.PullRequest!.Url);
        Assert.Equal(task.HeadCommit, (await emulator.Control.RefsAsync(name))[$"refs/heads/{task.Branch}"]);

        await Services.Store.ChangeAsync(id, (current, now, _) => current.RequestMerge(now), default);
        await using var db = await Services.Contexts.CreateDbContextAsync();
        await Services.Get<PullRequestMerger>().MergeAsync((await db.PullRequests.SingleAsync(pull => pull.TaskId == id)).Id, default);

        Assert.Equal(PullRequestState.Merged, (await Services.DetailAsync(id)).PullRequest!.State);
        Assert.Equal("closed", (await emulator.SendAsync("writer", HttpMethod.Get, $"repos/{name}/issues/{issue}")).GetProperty("state").GetString());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task FollowUp_APersonRevertedOurChange_DoesNotBringItBack(bool isKnown)
    {
        var id = (await Services.Store.SubmitAsync(TaskServices.Submission(1, "Make it two") with { Repository = emulator.CloneUrl(name) }, default)).TaskId;
        await PublishAsync(id, await work!.HeadAsync(), ("a.py", "two\n"), ("ours.py", "ours\n"));
        var opened = await Services.DetailAsync(id);
        if (!isKnown)
        {
            // The push comes while the follow-up is worked on, or its delivery never does.
            await FollowUpAsync(id);
        }

        var revert = await emulator.Control.PushAsync(name, opened.Branch!, "writer", new Dictionary<string, string?>(StringComparer.Ordinal) { ["a.py"] = "one\n", ["ours.py"] = null });
        if (isKnown)
        {
            await Services.Store.ChangeAsync(id, (task, _, _) => task.PushedOnForge(revert, "writer"), default);
            await FollowUpAsync(id);
        }

        await PublishAsync(id, isKnown ? revert : opened.HeadCommit!, ("b.py", "asked for\n"));

        var task = await Services.DetailAsync(id);
        Assert.Equal((TaskState.Succeeded, null), (task.Summary.State, task.Summary.Reason));
        await FetchAsync();
        Assert.Equal("a.py\nb.py\n", await work.GitAsync("ls-tree", "--name-only", task.HeadCommit!));
        Assert.Equal("one\nasked for\n", await work.GitAsync("show", $"{task.HeadCommit}:a.py") + await work.GitAsync("show", $"{task.HeadCommit}:b.py"));
        Assert.Equal(revert, (await work.GitAsync("rev-parse", $"{task.HeadCommit}^")).Trim());
    }

    [Theory]
    [InlineData("bo", "Co-authored-by: bo <4712+bo@users.noreply.127.0.0.1>\n")]
    [InlineData("a check", "Co-authored-by: writer <4711+writer@users.noreply.127.0.0.1>\n")]
    [InlineData("the dashboard", "")]
    public async Task FollowUp_AskedForByAnother_NamesThemAndNobodyElse(string by, string expected)
    {
        var (id, issue) = await VerifiedAsync("two\n");
        await Services.Get<PullRequestOpener>().OpenAsync(id, default);
        var opened = await Services.DetailAsync(id);
        Assert.Equal("Co-authored-by: writer <4711+writer@users.noreply.127.0.0.1>\n", await CoAuthorsAsync(opened.HeadCommit!));
        var pending = Services.Get<PendingFollowUps>();
        switch (by)
        {
            case "bo":
                var review = new PendingFollowUp { TaskId = id, Repository = name, Key = "review:1", Kind = PendingKind.Feedback };
                await pending.AddAsync(review, new Feedback("bo", "Also b", []) { AuthorId = 4712, IsReview = true }, default);
                break;
            case "a check":
                var check = new PendingFollowUp { TaskId = id, Repository = name, Key = "check:1", Kind = PendingKind.Check, HeadCommit = opened.HeadCommit, Content = "3" };
                await pending.AddAsync(check, default);
                await pending.CollectedAsync(check.Id, "The build fails", default);
                break;
            default:
                await FollowUpAsync(id);
                break;
        }

        await pending.BeginAsync(id, default);
        await PublishAsync(id, opened.HeadCommit!, ("b.py", "asked for\n"));

        var task = await Services.DetailAsync(id);
        Assert.Equal((TaskState.Succeeded, null), (task.Summary.State, task.LastRound?.Reason));
        Assert.NotEqual(opened.HeadCommit, task.HeadCommit);
        Assert.Equal(expected, await CoAuthorsAsync(task.HeadCommit!));
        Assert.Equal($"{issue}", task.Branch!.Split('-')[1]);
    }

    [Fact]
    public async Task FollowUp_OnLinesThatAPersonRevertedMeanwhile_IsRefusedAndLeavesTheBranch()
    {
        var id = (await Services.Store.SubmitAsync(TaskServices.Submission(1, "Make it two") with { Repository = emulator.CloneUrl(name) }, default)).TaskId;
        await PublishAsync(id, await work!.HeadAsync(), ("a.py", "two\n"));
        var opened = await Services.DetailAsync(id);
        await FollowUpAsync(id);
        var revert = await emulator.Control.PushAsync(name, opened.Branch!, "writer", new Dictionary<string, string?>(StringComparer.Ordinal) { ["a.py"] = "one\n" });

        await PublishAsync(id, opened.HeadCommit!, ("a.py", "two and a half\n"));

        var task = await Services.DetailAsync(id);
        Assert.Equal((TaskState.Succeeded, TaskState.Failed), (task.Summary.State, task.LastRound?.State));
        Assert.Contains("conflicts with their commits in a.py", task.LastRound?.Reason, StringComparison.Ordinal);
        Assert.Equal(revert, (await emulator.Control.RefsAsync(name))[$"refs/heads/{opened.Branch}"]);
    }

    [Theory]
    [InlineData(true, PullRequestState.Merged)]
    [InlineData(false, PullRequestState.Closed)]
    public async Task Open_PullRequestThatIsNoLongerOpen_IsStoredAsItIs(bool isMerged, PullRequestState expected)
    {
        var (id, _) = await VerifiedAsync("two\n");
        await Services.Get<PullRequestOpener>().OpenAsync(id, default);

        // As when the process is killed before it could store what it opened, and a person is quicker than the next one.
        int number;
        await using (var db = await Services.Contexts.CreateDbContextAsync())
        {
            number = (await db.PullRequests.SingleAsync(pull => pull.TaskId == id)).ForgeNumber!.Value;
        }

        await Sql.ExecuteAsync(Services.Database, $"DELETE FROM pull_requests; UPDATE tasks SET state = 'Publishing', reason = NULL WHERE id = '{id}'");
        await emulator.Control.AllowAsync(name, "writer", "push");
        await emulator.Control.SetDraftAsync(name, number, false);
        _ = isMerged
            ? await emulator.SendAsync("writer", HttpMethod.Put, $"repos/{name}/pulls/{number}/merge", new { })
            : await emulator.SendAsync("writer", HttpMethod.Patch, $"repos/{name}/pulls/{number}", new { state = "closed" });

        await Services.Get<PullRequestOpener>().OpenAsync(id, default);

        var task = await Services.DetailAsync(id);
        Assert.Equal((TaskState.Succeeded, expected), (task.Summary.State, task.PullRequest!.State));
    }

    [Fact]
    public async Task Open_RefusedThenAnotherAttemptIsChosen_KeepsTheBranch()
    {
        var (id, issue) = await VerifiedAsync("two\n", "zwei\n");
        await emulator.Control.InjectAsync(new EmulatedFault { Kind = "refused", Method = "POST", Path = $"^/repos/{name}/pulls$" });
        await Services.Get<PullRequestOpener>().OpenAsync(id, default);
        var refused = await Services.DetailAsync(id);
        Assert.Equal(TaskState.Failed, refused.Summary.State);
        var branch = Assert.Single((await emulator.Control.RefsAsync(name)).Keys, reference => reference.StartsWith($"refs/heads/codex/issue-{issue}-", StringComparison.Ordinal));

        await Services.Store.ChangeAsync(id, (task, now, _) => task.Choose(task.Attempts.Single(attempt => attempt.Id != task.WinningAttemptId).Number, now), default);
        await Services.Get<PullRequestOpener>().OpenAsync(id, default);

        var opened = await Services.DetailAsync(id);
        Assert.Equal((TaskState.Succeeded, branch), (opened.Summary.State, $"refs/heads/{opened.Branch}"));
        Assert.Single((await emulator.Control.RefsAsync(name)).Keys, reference => reference.StartsWith("refs/heads/codex/", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Choose_AfterOthersPushedBeforeThePullRequestWasStored_KeepsTheirCommit()
    {
        var (id, _) = await VerifiedAsync("two\n", "zwei\n");
        await Services.Get<PullRequestOpener>().OpenAsync(id, default);
        var branch = (await Services.DetailAsync(id)).Branch!;

        // As when the process is killed before it could store what it opened, and a person pushes before the next try.
        await Sql.ExecuteAsync(Services.Database, $"DELETE FROM pull_requests; UPDATE tasks SET state = 'Publishing', reason = NULL WHERE id = '{id}'");
        await emulator.Control.AllowAsync(name, "writer", "push");
        var theirs = await emulator.Control.PushAsync(name, branch, "writer", new Dictionary<string, string?>(StringComparer.Ordinal) { ["b.py"] = "theirs\n" });
        await Services.Get<PullRequestOpener>().OpenAsync(id, default);
        Assert.Equal(theirs, (await Services.DetailAsync(id)).HeadCommit);

        await Services.Store.ChangeAsync(id, (task, now, _) => task.Choose(task.Attempts.Single(attempt => attempt.Id != task.WinningAttemptId).Number, now), default);
        await Services.Get<PullRequestOpener>().OpenAsync(id, default);

        await FetchAsync();
        Assert.Equal("theirs\n", await work!.GitAsync("show", $"origin/{branch}:b.py"));
        Assert.Contains(theirs, await work.GitAsync("log", "--format=%H", $"origin/{branch}"), StringComparison.Ordinal);
    }

    // A task of an issue with one verified attempt for each content, each with a title of its own.
    private async Task<(Guid Id, int Issue)> VerifiedAsync(params string[] contents)
    {
        var issue = await emulator.OpenIssueAsync(name, "writer", "Make it two", "It is one.");
        var submission = TaskServices.Submission(contents.Length, "Make it two") with
        {
            Repository = emulator.CloneUrl(name),
            Origin = new SubmissionOrigin(name, issue, IsPullRequest: false, "writer", $"{emulator.Api}{name}/issues/{issue}", "Make it two", null) { RequestedById = 4711 },
        };
        var id = (await Services.Store.SubmitAsync(submission, default)).TaskId;
        var start = await work!.HeadAsync();
        foreach (var content in contents)
        {
            var claimed = (await Services.Leases.ClaimNextAsync("worker", default))!;
            await Services.Leases.RecordAsync(claimed.Lease, new AttemptReport(TaskEventTypes.StageStarted, "Checking out") { BaseCommit = start }, default);
            await Services.Leases.FinishAsync(claimed.Lease, new AttemptOutcome(AttemptState.Succeeded, "the patch is verified", Result(claimed.Lease, await work!.PatchAsync(("a.py", content)), $"Make it {content.Trim()}")), default);
        }

        return (id, issue);
    }

    private async Task<string> CoAuthorsAsync(string commit)
    {
        await FetchAsync();
        var message = await work!.GitAsync("log", "-1", "--format=%B", commit);
        return string.Concat(message.Split('\n').Where(line => line.StartsWith("Co-authored-by:", StringComparison.OrdinalIgnoreCase)).Select(line => line + "\n"));
    }

    private async Task FollowUpAsync(Guid task) => await Services.Get<TaskRounds>().FollowUpAsync(task, "Also b", null, null, default);

    private async Task FetchAsync() => await work!.GitAsync("-c", "credential.helper=", "fetch", "-q", emulator.CloneUrl(name), "+refs/heads/*:refs/remotes/origin/*");

    // The attempt's own way, without a worker: a verified patch on a commit.
    private async Task PublishAsync(Guid task, string start, params (string Path, string Content)[] files)
    {
        await FetchAsync();
        await work!.GitAsync("checkout", "-q", "--detach", start);
        var patch = await work.PatchAsync(files);
        var claimed = (await Services.Leases.ClaimNextAsync("worker", default))!;
        await Services.Leases.RecordAsync(claimed.Lease, new AttemptReport(TaskEventTypes.StageStarted, "Checking out") { BaseCommit = start }, default);
        await Services.Leases.FinishAsync(claimed.Lease, new AttemptOutcome(AttemptState.Succeeded, "the patch is verified", Result(claimed.Lease, patch)), default);
        await Services.Get<PullRequestOpener>().OpenAsync(task, default);
    }

    private static AttemptResult Result(AttemptLease lease, string patch, string? title = null)
    {
        var usual = TaskServices.Result(lease);
        return new AttemptResult
        {
            AttemptId = usual.AttemptId,
            TaskId = usual.TaskId,
            Brain = usual.Brain,
            Patch = patch,
            Title = title ?? usual.Title,
            Summary = usual.Summary,
            Verification = usual.Verification,
        };
    }
}
