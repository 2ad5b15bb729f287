using System.Text;
using CodexService.GitHub.Rest;

namespace CodexService.GitHub.Tests.Rest;

/// <summary>What every implementation of <see cref="IGitHub"/> has to do, over a live API with a repository that has a first commit.</summary>
public abstract class GitHubConformance
{
    private readonly string unique = Guid.NewGuid().ToString("N")[..8];

    /// <summary>A repository that the credentials may write.</summary>
    private protected abstract IGitHubRepository Repository { get; }

    /// <summary>The same account's way to a repository that does not exist.</summary>
    private protected abstract IGitHubRepository Missing { get; }

    /// <summary>The way to the API.</summary>
    private protected abstract IGitHub GitHub { get; }

    /// <summary>Who everything is written as.</summary>
    private protected abstract string Login { get; }

    private string Branch => $"codex/fix-{unique}";

    [Fact]
    public async Task Get_Repository_HasADefaultBranch()
    {
        var info = await Repository.GetAsync(default);

        Assert.Equal((Repository.Name.ToString(), "main", false), (info.FullName, info.DefaultBranch, info.Archived));
    }

    [Fact]
    public async Task GetLogin_IsWhoCommentsAreBy()
    {
        var comment = await Repository.Issues.CreateCommentAsync(await PullRequestAsync("login.txt"), "Mine", default);

        Assert.Equal((Login, Login), (await GitHub.GetLoginAsync(default), comment.User!.Login));
        Assert.True(comment.User.Id > 0);
    }

    [Fact]
    public async Task GetAccount_IsWhoTheCredentialsAreOf()
    {
        var account = await GitHub.GetAccountAsync(default);

        Assert.Equal((Login, Login.Replace("[bot]", "", StringComparison.Ordinal)), (account.Login, account.Name));
        Assert.StartsWith("http", account.HtmlUrl, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Get_MissingRepository_IsOneClearLine()
    {
        var failed = await Assert.ThrowsAsync<GitHubException>(() => Missing.GetAsync(default));

        Assert.Equal(GitHubFailure.NotFound, failed.Failure);
        Assert.Contains(Missing.Name.ToString(), failed.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', failed.Message);
    }

    [Fact]
    public async Task GetBranch_Missing_IsNothing() => Assert.Null(await Repository.Git.GetBranchAsync("no/such-branch", default));

    [Fact]
    public async Task Commit_ThroughGitData_IsOnItsBranch()
    {
        var start = await StartAsync();
        var commit = await CommitAsync(start, "Fix the page size\n\nCo-authored-by: A <a@example.com>", ("src/a b/ünï.txt", "hello\n"), ("README.md", "changed\n"));
        await Repository.Git.CreateBranchAsync(Branch, commit, default);

        Assert.Equal(commit, await Repository.Git.GetBranchAsync(Branch, default));
        var read = await Repository.Git.GetCommitAsync(commit, default);
        Assert.Equal([start], read.Parents.Select(parent => parent.Sha));
        Assert.StartsWith("Fix the page size", read.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task CreateBranch_Twice_IsRefused()
    {
        var start = await StartAsync();
        await Repository.Git.CreateBranchAsync(Branch, start, default);

        var failed = await Assert.ThrowsAsync<GitHubException>(() => Repository.Git.CreateBranchAsync(Branch, start, default));

        Assert.Equal(GitHubFailure.Refused, failed.Failure);
    }

    [Fact]
    public async Task UpdateBranch_FastForward_Moves()
    {
        var start = await StartAsync();
        await Repository.Git.CreateBranchAsync(Branch, start, default);
        var next = await CommitAsync(start, "Next", ("next.txt", unique));

        await Repository.Git.UpdateBranchAsync(Branch, next, force: false, default);

        Assert.Equal(next, await Repository.Git.GetBranchAsync(Branch, default));
    }

    [Fact]
    public async Task PullRequest_OpenedChangedMerged_IsOne()
    {
        var head = await PushAsync("feature.txt");
        var opened = await Repository.PullRequests.CreateAsync(new NewPullRequest("Add a feature", Branch, "main", "Body", Draft: true), default);

        Assert.Equal(("open", Branch, head, "main"), (opened.State, opened.Head.Ref, opened.Head.Sha, opened.Base.Ref));
        Assert.True(opened.Draft);
        Assert.Equal([opened.Number], (await Repository.PullRequests.ListByHeadAsync(Branch, default)).Select(one => one.Number));
        Assert.Equal("Add one feature", (await Repository.PullRequests.UpdateAsync(opened.Number, new PullRequestUpdate { Title = "Add one feature" }, default)).Title);
    }

    [Fact]
    public async Task MarkReady_Draft_IsNoneAfterwards()
    {
        await PushAsync("ready.txt");
        var opened = await Repository.PullRequests.CreateAsync(new NewPullRequest("Ready", Branch, "main", "Body", Draft: true), default);

        await Repository.PullRequests.MarkReadyAsync(opened, default);

        Assert.False((await Repository.PullRequests.GetAsync(opened.Number, default)).Draft);
    }

    [Theory]
    [InlineData(10)]
    [InlineData(1_100_000)]
    public async Task ReadFile_OfAnySize_IsWhatWasCommitted(int length)
    {
        var text = new string('x', length);
        var commit = await CommitAsync(await StartAsync(), "Add a file", ("docs/ü ber.txt", text));
        await Repository.Git.CreateBranchAsync(Branch, commit, default);

        Assert.Equal(text, Encoding.UTF8.GetString(await Repository.ReadFileAsync("docs/ü ber.txt", Branch, default) ?? []));
        Assert.Null(await Repository.ReadFileAsync("docs/none.txt", Branch, default));
    }

    [Fact]
    public async Task PullRequest_SecondForTheBranch_IsRefused()
    {
        await PushAsync("twice.txt");
        var pullRequest = new NewPullRequest("Twice", Branch, "main", "Body", Draft: false);
        await Repository.PullRequests.CreateAsync(pullRequest, default);

        var failed = await Assert.ThrowsAsync<GitHubException>(() => Repository.PullRequests.CreateAsync(pullRequest, default));

        Assert.Equal(GitHubFailure.Refused, failed.Failure);
    }

    [Fact]
    public async Task PullRequest_TwoAtOnceForTheBranch_IsOne()
    {
        await PushAsync("at-once.txt");
        var pullRequest = new NewPullRequest("At once", Branch, "main", "Body", Draft: false);

        // With connections that are there already, so that they arrive together.
        await Task.WhenAll(Enumerable.Range(0, 12).Select(_ => Repository.Git.GetBranchAsync(Branch, default)));

        var tries = await Task.WhenAll(Enumerable.Range(0, 12).Select(_ => Record.ExceptionAsync(() => Repository.PullRequests.CreateAsync(pullRequest, default))));

        Assert.Single(tries, failed => failed is null);
        Assert.Equal(11, tries.Count(failed => failed is GitHubException { Failure: GitHubFailure.Refused }));
        Assert.Single(await Repository.PullRequests.ListByHeadAsync(Branch, default));
    }

    [Fact]
    public async Task PullRequest_Closed_IsStillFoundByItsHead()
    {
        await PushAsync("closed.txt");
        var opened = await Repository.PullRequests.CreateAsync(new NewPullRequest("Close me", Branch, "main", "Body", Draft: false), default);
        await Repository.PullRequests.UpdateAsync(opened.Number, new PullRequestUpdate { State = "closed" }, default);

        Assert.Equal([(opened.Number, "closed")], (await Repository.PullRequests.ListByHeadAsync(Branch, default)).Select(one => (one.Number, one.State)));
    }

    [Fact]
    public async Task Merge_OpenPullRequest_BringsItToTheBase()
    {
        var head = await PushAsync("merged.txt");
        var opened = await Repository.PullRequests.CreateAsync(new NewPullRequest("Merge me", Branch, "main", "Body", Draft: false), default);

        var merge = await Repository.PullRequests.MergeAsync(opened.Number, head, "Merge it", MergeMethods.Merge, default);

        Assert.NotEqual(head, merge);
        Assert.NotNull((await Repository.PullRequests.GetAsync(opened.Number, default)).MergedAt);
    }

    [Fact]
    public async Task Merge_HeadMovedMeanwhile_IsAConflict()
    {
        var head = await PushAsync("moved.txt");
        var opened = await Repository.PullRequests.CreateAsync(new NewPullRequest("Moved", Branch, "main", "Body", Draft: false), default);
        await Repository.Git.UpdateBranchAsync(Branch, await CommitAsync(head, "More", ("more.txt", unique)), force: false, default);

        var failed = await Assert.ThrowsAsync<GitHubException>(() => Repository.PullRequests.MergeAsync(opened.Number, head, "Merge it", MergeMethods.Merge, default));

        Assert.Equal(GitHubFailure.Conflict, failed.Failure);
    }

    [Fact]
    public async Task Comment_CreatedAndChanged_IsOne()
    {
        var number = await PullRequestAsync("comment.txt");
        var comment = await Repository.Issues.CreateCommentAsync(number, "queued", default);
        await Repository.Issues.UpdateCommentAsync(comment.Id, "running", default);

        Assert.Equal([(comment.Id, "running")], (await Repository.Issues.ListCommentsAsync(number, default)).Select(one => (one.Id, one.Body)));
    }

    [Fact]
    public async Task ListComments_MoreThanAPage_AreAllThere()
    {
        var number = await PullRequestAsync("comments.txt");
        for (var i = 0; i < 103; i++)
        {
            await Repository.Issues.CreateCommentAsync(number, $"comment {i}", default);
        }

        Assert.Equal(Enumerable.Range(0, 103).Select(i => $"comment {i}"), (await Repository.Issues.ListCommentsAsync(number, default)).Select(one => one.Body));
    }

    [Fact]
    public async Task Labels_Added_AreKept()
    {
        var number = await PullRequestAsync("label.txt");

        await Repository.Issues.AddLabelsAsync(number, ["codex"], default);
        await Repository.Issues.AddLabelsAsync(number, ["codex"], default);

        var issue = await Repository.Issues.FindAsync(number, default);
        Assert.Equal((number, "open", "codex"), (issue!.Number, issue.State, Assert.Single(issue.Labels).Name));
        Assert.Empty(issue.Assignees!);
    }

    [Fact]
    public async Task FindIssue_ThatIsNotThere_IsNothing() => Assert.Null(await Repository.Issues.FindAsync(999_999, default));

    [Fact]
    public async Task Review_WithCommentsOnLines_AreListed()
    {
        var head = await PushAsync("review.txt");
        var opened = await Repository.PullRequests.CreateAsync(new NewPullRequest("Review me", Branch, "main", "Body", Draft: false), default);

        var review = await Repository.PullRequests.CreateReviewAsync(
            opened.Number, new NewReview(head, "One remark", "COMMENT", [new NewReviewComment("review.txt", 1, "**minor**: say why")]), default);
        var remark = Assert.Single(await Repository.PullRequests.ListReviewCommentsAsync(opened.Number, default));
        var ofReview = Assert.Single(await Repository.PullRequests.ListReviewCommentsAsync(opened.Number, review.Id, default));
        var reply = await Repository.PullRequests.ReplyAsync(opened.Number, remark.Id, "Done", default);
        await Repository.PullRequests.ReactToReviewCommentAsync(remark.Id, "eyes", default);
        await Repository.PullRequests.ReactToReviewCommentAsync(remark.Id, "eyes", default);

        Assert.Equal(("review.txt", "**minor**: say why"), (remark.Path, remark.Body));
        Assert.Equal((remark.Id, remark.Body), (ofReview.Id, ofReview.Body));
        Assert.Equal(remark.Id, reply.InReplyToId);
    }

    [Fact]
    public async Task Status_SetTwice_IsTaken()
    {
        var head = await StartAsync();
        var status = new NewCommitStatus("success", "Codex verification", "14 tests pass") { TargetUrl = "https://codex.example.com/tasks/1" };

        await Repository.Statuses.CreateAsync(head, status with { State = "pending", TargetUrl = null }, default);
        await Repository.Statuses.CreateAsync(head, status, default);
    }

    [Fact]
    public async Task Reviews_PostedBefore_AreListedWithTheirText()
    {
        var head = await PushAsync("reviewed.txt");
        var opened = await Repository.PullRequests.CreateAsync(new NewPullRequest("Review me twice", Branch, "main", "Body", Draft: false), default);
        Assert.Empty(await Repository.PullRequests.ListReviewsAsync(opened.Number, default));

        var first = await Repository.PullRequests.CreateReviewAsync(opened.Number, new NewReview(head, "First\n\n<!-- a -->", "COMMENT", []), default);
        var second = await Repository.PullRequests.CreateReviewAsync(
            opened.Number, new NewReview(head, "Second", "COMMENT", [new NewReviewComment("reviewed.txt", 1, "Both lines") { StartLine = 1 }]), default);

        Assert.Equal([(first.Id, "First\n\n<!-- a -->"), (second.Id, "Second")], (await Repository.PullRequests.ListReviewsAsync(opened.Number, default)).Select(one => (one.Id, one.Body)));
    }

    [Fact]
    public async Task Permission_OfAStranger_IsNotWrite() =>
        Assert.DoesNotContain(await Repository.GetPermissionAsync("stranger-nobody-knows", default), (string[])["write", "admin"]);

    /// <summary>Commit that the default branch is at.</summary>
    private protected async Task<string> StartAsync() => await Repository.Git.GetBranchAsync("main", default) ?? throw new InvalidOperationException("the repository is empty");

    private protected async Task<string> CommitAsync(string parent, string message, params (string Path, string Content)[] files)
    {
        var tree = (await Repository.Git.GetCommitAsync(parent, default)).Tree.Sha;
        List<TreeChange> changes = [];
        foreach (var (path, content) in files)
        {
            changes.Add(new TreeChange(path, "100644", await Repository.Git.CreateBlobAsync(Encoding.UTF8.GetBytes(content), default)));
        }

        return await Repository.Git.CreateCommitAsync(message, await Repository.Git.CreateTreeAsync(tree, changes, default), [parent], default);
    }

    private async Task<string> PushAsync(string path)
    {
        var head = await CommitAsync(await StartAsync(), $"Add {path}", (path, $"{unique}\n"));
        await Repository.Git.CreateBranchAsync(Branch, head, default);
        return head;
    }

    private async Task<int> PullRequestAsync(string path)
    {
        await PushAsync(path);
        return (await Repository.PullRequests.CreateAsync(new NewPullRequest($"With {path}", Branch, "main", "Body", Draft: false), default)).Number;
    }
}
