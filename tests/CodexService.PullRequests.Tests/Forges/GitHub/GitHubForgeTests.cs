using System.Text;
using CodexService.GitHub.Rest;
using CodexService.PullRequests.Forges;
using CodexService.Repositories;
using CodexService.Testing.GitHub;

namespace CodexService.PullRequests.Tests.Forges.GitHub;

/// <summary>What only GitHub has: templates, issues, signatures, drafts, held paths.</summary>
[Collection(EmulatorTests.Name)]
public sealed class GitHubForgeTests(EmulatorFixture emulator)
{
    private static readonly (string, string)[] Files = [("a.py", "one\n")];

    [Fact]
    public async Task Open_TaskOfAnIssue_IsADraftThatClosesItAndNamesItsRequester()
    {
        await using var ground = await GitHubGround.CreateAsync(emulator, Files);
        await ground.Control.AllowAsync(ground.Repository, "writer", "push");
        var issue = await emulator.OpenIssueAsync(ground.Repository, "writer", "Broken", "It is.");
        var origin = new ChangeOrigin(issue, IsPullRequest: false, "writer");
        var draft = await ground.DraftAsync() with { Origin = origin, AskedBy = [new("writer", 4711)], Branch = BranchName.For("Fix add", ForgeGround.TaskId, origin) };

        var opened = await OpenAsync(ground, draft);

        Assert.Equal($"codex/issue-{issue}-fix-add", draft.Branch);
        var pull = await emulator.SendAsync("writer", HttpMethod.Get, $"repos/{ground.Repository}/pulls/{opened.Number}");
        Assert.True(pull.GetProperty("draft").GetBoolean());
        Assert.Equal(EmulatorFixture.AppLogin, pull.GetProperty("user").GetProperty("login").GetString());
        Assert.Contains($"\n\nCloses #{issue}\n", pull.GetProperty("body").GetString(), StringComparison.Ordinal);
        var commit = await ground.Calls.Git.GetCommitAsync(opened.HeadCommit, default);
        Assert.True(commit.Verification!.Verified);
        Assert.EndsWith($"Codex-Task: {ForgeGround.TaskId:D}\nCodex-Brain: repair\nCo-authored-by: writer <4711+writer@users.noreply.127.0.0.1>\n", commit.Message, StringComparison.Ordinal);

        Assert.IsType<MergeResult.Merged>(await ground.Forge.MergeAsync(ForgeGround.Reference(draft, opened), default));
        Assert.Equal("closed", (await emulator.SendAsync("writer", HttpMethod.Get, $"repos/{ground.Repository}/issues/{issue}")).GetProperty("state").GetString());
    }

    [Fact]
    public async Task RepositoryMadeAnewUnderTheName_IsLeftAlone()
    {
        await using var ground = await GitHubGround.CreateAsync(emulator, Files);
        var draft = await ground.DraftAsync();
        var opened = await OpenAsync(ground, draft);
        var reference = ForgeGround.Reference(draft, opened) with { RepositoryId = opened.RepositoryId + 1 };

        var closed = Assert.IsType<CloseResult.Refused>(await ground.Forge.CloseAsync(reference, default));
        Assert.StartsWith($"{ground.Repository} is another repository by now", closed.Reason, StringComparison.Ordinal);
        Assert.IsType<MergeResult.Refused>(await ground.Forge.MergeAsync(reference, default));
        Assert.IsType<OpenResult.Refused>(await ground.Forge.OpenAsync(draft with { RepositoryId = reference.RepositoryId }, default));
        Assert.Equal("open", (await ground.Calls.PullRequests.GetAsync(opened.Number!.Value, default)).State);

        Assert.IsType<CloseResult.Closed>(await ground.Forge.CloseAsync(reference with { RepositoryId = opened.RepositoryId }, default));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Merge_WhereMergeCommitsAreNotAllowed_IsSquashed(bool isSaid)
    {
        await using var ground = await GitHubGround.CreateAsync(emulator, Files);
        var draft = await ground.DraftAsync();
        var opened = await OpenAsync(ground, draft);
        if (isSaid)
        {
            await ground.Control.ForbidMergeCommitsAsync(ground.Repository);
        }
        else
        {
            // A branch that wants a linear history says so when it is too late.
            await ground.Control.InjectAsync(new EmulatedFault { Kind = "answer", Status = 405, Path = $"^/repos/{ground.Repository}/pulls/{opened.Number}/merge$", Body = new { message = "Merge commits are not allowed on this repository." } });
        }

        var merged = Assert.IsType<MergeResult.Merged>(await ground.Forge.MergeAsync(ForgeGround.Reference(draft, opened), default));

        Assert.Equal([merged.MergeCommit], await ground.CommitsAsync(draft.BaseCommit, "origin/main"));
    }

    [Fact]
    public async Task Open_RepositoryWithATemplate_FillsItsFirstFittingHeading()
    {
        await using var ground = await GitHubGround.CreateAsync(
            emulator, [.. Files, (".github/PULL_REQUEST_TEMPLATE.md", "<!-- # Summary in a comment -->\n## Ticket\n\n## Description\n\n## Checklist\n- [ ] read\n")]);
        var opened = await OpenAsync(ground, await ground.DraftAsync());

        var body = (await ground.Calls.PullRequests.GetAsync(opened.Number!.Value, default)).Body!;

        Assert.Matches("(?s)## Ticket\\n\\n## Description\\n\\n<!-- codex:task .*What was done\\..*<!-- codex:end -->\\n\\n## Checklist\\n- \\[ \\] read$", body);
    }

    [Fact]
    public async Task Move_BodyThatPeopleEdited_KeepsTheirWords()
    {
        await using var ground = await GitHubGround.CreateAsync(emulator, Files);
        var draft = await ground.DraftAsync();
        var opened = await OpenAsync(ground, draft);
        var number = opened.Number!.Value;
        var body = (await ground.Calls.PullRequests.GetAsync(number, default)).Body;
        await ground.Calls.PullRequests.UpdateAsync(number, new PullRequestUpdate { Body = $"I looked.\n\n{body}\n\nMore later." }, default);
        var move = await ground.FollowUpAsync(draft, opened);

        Assert.IsType<MoveResult.Moved>(await ground.Forge.MoveAsync(move with { Change = move.Change with { Body = "What came second." } }, default));

        Assert.Matches("(?s)^I looked\\.\\n\\n<!-- codex:task .*What came second\\.\\n<!-- codex:end -->\\n\\nMore later\\.$", (await ground.Calls.PullRequests.GetAsync(number, default)).Body!);
    }

    [Fact]
    public async Task Open_PatchWithHeldPaths_LeavesThemOutAndNamesThem()
    {
        await using var ground = await GitHubGround.CreateAsync(emulator, Files);
        var draft = await ground.DraftAsync([("a.py", "two\n"), (".github/workflows/ci.yml", "on: push\n"), (".codex/config.yml", "bots: []\n"), ("docs/CODEOWNERS", "* @me\n")]);

        var opened = await OpenAsync(ground, draft);

        Assert.Equal([".codex/config.yml", ".github/workflows/ci.yml", "docs/CODEOWNERS"], opened.HeldForApproval.Order(StringComparer.Ordinal));
        Assert.Equal("two\n", await ground.ShowAsync(opened.HeadCommit, "a.py"));
        foreach (var held in opened.HeldForApproval)
        {
            await Assert.ThrowsAsync<InvalidOperationException>(() => ground.ShowAsync(opened.HeadCommit, held));
        }
    }

    [Fact]
    public async Task Open_NothingButHeldPaths_IsRefusedAndMakesNothing()
    {
        await using var ground = await GitHubGround.CreateAsync(emulator, Files);
        var draft = await ground.DraftAsync([(".github/workflows/ci.yml", "on: push\n")]);

        var refused = Assert.IsType<OpenResult.Refused>(await ground.Forge.OpenAsync(draft, default));

        Assert.Equal("the patch changes nothing but .github/workflows/ci.yml, which only a person may change; apply it by hand", refused.Reason);
        Assert.Single(await ground.BranchesAsync());
    }

    [Fact]
    public async Task Open_LargerThanTheApiTakes_IsPushedOnceAllTheSame()
    {
        await using var ground = await GitHubGround.CreateAsync(emulator, Files, ("GitHubPullRequests:LargestApiFile", "1000"));
        var draft = await ground.DraftAsync([("large.txt", new string('x', 5000) + "\n")]);

        var opened = await OpenAsync(ground, draft);
        var again = await OpenAsync(ground, draft);

        Assert.Equal((opened.HeadCommit, opened.Number, true), (again.HeadCommit, again.Number, again.Adopted));
        Assert.Equal([opened.HeadCommit], await ground.CommitsAsync(draft.BaseCommit, await ground.HeadAsync(draft.Branch)));
        Assert.Equal(5001, (await ground.ShowAsync(opened.HeadCommit, "large.txt")).Length);
    }

    [Fact]
    public async Task Open_BinaryFile_ArrivesByteForByte()
    {
        await using var ground = await GitHubGround.CreateAsync(emulator, Files);
        var draft = await ground.DraftAsync([("data.bin", "\0\u0001\u0002binary\0")]);

        var opened = await OpenAsync(ground, draft);

        Assert.Equal("\0\u0001\u0002binary\0"u8.ToArray(), await ground.Calls.ReadFileAsync("data.bin", opened.HeadCommit, default));
    }

    [Fact]
    public async Task Open_BranchOfAnEarlierTask_TakesAnotherName()
    {
        await using var ground = await GitHubGround.CreateAsync(emulator, Files);
        var first = await ground.DraftAsync() with { Branch = "codex/issue-1-fix-add" };
        var second = await ground.DraftAsync("zwei\n", Guid.Parse("01890000-0000-7000-8000-0000cafebabe")) with { Branch = first.Branch };
        var earlier = await OpenAsync(ground, first);

        var opened = await OpenAsync(ground, second);
        var again = await OpenAsync(ground, second);

        Assert.Equal("codex/issue-1-fix-add-cafebabe", opened.Branch);
        Assert.Equal((opened.HeadCommit, opened.Number, opened.Branch), (again.HeadCommit, again.Number, again.Branch));
        Assert.NotEqual(earlier.Number, opened.Number);
        Assert.Equal(earlier.HeadCommit, await ground.HeadAsync(first.Branch));
    }

    [Fact]
    public async Task Open_PullRequestClosedMeanwhile_IsFoundAndNotOpenedAgain()
    {
        await using var ground = await GitHubGround.CreateAsync(emulator, Files);
        var draft = await ground.DraftAsync();
        var opened = await OpenAsync(ground, draft);
        await ground.Calls.PullRequests.UpdateAsync(opened.Number!.Value, new PullRequestUpdate { State = "closed" }, default);

        var again = await OpenAsync(ground, draft);

        Assert.Equal((opened.Number, true), (again.Number, again.Adopted));
        Assert.Single(await ground.PullRequestsAsync());
    }

    [Fact]
    public async Task Open_RequesterWhoCannotReview_IsOpenedAllTheSame()
    {
        await using var ground = await GitHubGround.CreateAsync(emulator, Files);
        var draft = await ground.DraftAsync() with { Origin = new ChangeOrigin(1, IsPullRequest: false, "nobody-knows-them") };

        Assert.Equal(1, (await OpenAsync(ground, draft)).Number);
    }

    [Fact]
    public async Task Open_DraftsNotSupported_OpensAnOrdinaryOne()
    {
        await using var ground = await GitHubGround.CreateAsync(emulator, Files);
        await ground.Control.InjectAsync(new EmulatedFault
        {
            Kind = "answer", Method = "POST", Path = $"^/repos/{ground.Repository}/pulls$", Status = 422,
            Body = new { message = "Draft pull requests are not supported in this repository." },
        });

        var opened = await OpenAsync(ground, await ground.DraftAsync());

        Assert.False((await ground.Calls.PullRequests.GetAsync(opened.Number!.Value, default)).Draft);
    }

    [Fact]
    public async Task Open_PrivateRepository_IsReadWithTheAppsToken()
    {
        await using var ground = await GitHubGround.CreateAsync(emulator, Files);
        var draft = await ground.DraftAsync();
        await ground.Control.MakePrivateAsync(ground.Repository);

        var opened = await OpenAsync(ground, draft);

        Assert.Equal("two\n", Encoding.UTF8.GetString((await ground.Calls.ReadFileAsync("a.py", opened.HeadCommit, default))!));
        Assert.Equal(draft.Repository.Value, (await ground.Forge.ReadableAsync(draft.Repository, default)).Value);
    }

    [Fact]
    public async Task Move_BranchRewrittenBySomebody_IsRefusedAndLeft()
    {
        await using var ground = await GitHubGround.CreateAsync(emulator, Files);
        var draft = await ground.DraftAsync();
        var opened = await OpenAsync(ground, draft);
        var move = await ground.FollowUpAsync(draft, opened);
        var theirs = await ground.Control.PushAsync(ground.Repository, draft.Branch, "writer", new Dictionary<string, string?> { ["a.py"] = "mine\n" }, from: draft.BaseCommit);

        var refused = Assert.IsType<MoveResult.Refused>(await ground.Forge.MoveAsync(move, default));

        Assert.Contains("somebody rewrote the branch", refused.Reason, StringComparison.Ordinal);
        Assert.Equal(theirs, await ground.HeadAsync(draft.Branch));
    }

    [Theory]
    [InlineData("https://github.com/owner/name.git", false)]
    [InlineData("/tmp/owner/name", false)]
    [InlineData("http://HOST/owner/name", true)]
    [InlineData("http://HOST/owner/name.git", true)]
    [InlineData("http://HOST/owner", false)]
    [InlineData("http://HOST/owner/name/more", false)]
    [InlineData("http://other.example.com/owner/name", false)]
    public async Task Selection_Address_DecidesTheForge(string address, bool isGitHub)
    {
        await using var ground = await GitHubGround.CreateAsync(emulator, Files);

        Assert.Equal(isGitHub ? "github" : "local", ground.ForgeOf(RepositoryAddress.Parse(address.Replace("HOST", emulator.Api.Authority, StringComparison.Ordinal))).Name);
    }

    private static async Task<OpenResult.Opened> OpenAsync(GitHubGround ground, PullRequestDraft draft) => Assert.IsType<OpenResult.Opened>(await ground.Forge.OpenAsync(draft, default));

    [Fact]
    public async Task Move_OnTopOfCommitsByOthers_SaysInTheBodyThatBothTogetherWereNotVerified()
    {
        await using var ground = await GitHubGround.CreateAsync(emulator, Files);
        var draft = await ground.DraftAsync();
        var opened = await OpenAsync(ground, draft);
        var move = await ground.FollowUpAsync(draft, opened);
        await ground.PushAsync(draft.Branch, "theirs.py", "mine\n");

        var moved = Assert.IsType<MoveResult.Moved>(await ground.Forge.MoveAsync(move, default));

        Assert.True(moved.Rebased);
        Assert.Contains("both together were not verified", (await ground.Calls.PullRequests.GetAsync(opened.Number!.Value, default)).Body, StringComparison.Ordinal);
    }
}
