using System.Net;
using System.Text.Json;
using CodexService.Api.Tests.Hosting;
using CodexService.Contracts.Api;

namespace CodexService.Api.Tests.Tasks;

public sealed class ReviewTests(ReviewableFixture api) : IClassFixture<ReviewableFixture>, IDisposable
{
    private readonly ApiClient client = api.Client();

    public void Dispose() => client.Dispose();

    [Fact]
    public async Task Submit_Review_TakesAFullRefAndNeedsNoPrompt()
    {
        var text = JsonSerializer.Serialize(api.Repository.Path);
        var task = await ApiClient.ReadAsync<TaskDetail>(
            await client.PostTextAsync("/api/tasks", $$"""{"repository":{{text}},"kind":"review","head_ref":" refs/pull/7/head ","test_command":"make test"}"""), HttpStatusCode.Created);

        Assert.Equal((TaskKind.Review, "refs/pull/7/head", "main", "make test"), (task.Summary.Kind, task.HeadRef, task.Summary.BaseRef, task.TestCommand));
        Assert.Equal("Review this change: refs/pull/7/head", task.Summary.Title);
        Assert.Null(task.Review);
    }

    [Theory]
    [InlineData(null, "Say what to review: a branch, a commit, or a full ref such as refs/pull/7/head.")]
    [InlineData("a\nb", "The head has to be one line of at most 250 characters: a branch, a commit, or a full ref such as refs/pull/7/head.")]
    [InlineData("main", "'main' has no commit that 'main' lacks, so there is no change to look at")]
    [InlineData("refs/pull/8/head", "has no 'refs/pull/8/head'; check the name of the ref")]
    public async Task Submit_ReviewOfNothing_Is400AtItsHead(string? head, string line)
    {
        var problem = await ApiClient.ProblemAsync(await client.PostAsync("/api/tasks", Review() with { HeadRef = head }), HttpStatusCode.BadRequest);

        Assert.EndsWith(line, problem.Title, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("template", "Templates are for changes; leave the template out of a review.")]
    [InlineData("attempts", "A review has one attempt; leave the number of attempts out.")]
    [InlineData("approve_plan", "A review changes no files, so there is no plan to approve; leave approve_plan out.")]
    [InlineData("head_ref", "Only a review has a head; leave head_ref out, or submit with kind review.")]
    public async Task Submit_WhatItCannotHave_Is400(string field, string line)
    {
        var request = field switch
        {
            "template" => Review() with { Template = "bug-fix" },
            "attempts" => Review() with { Attempts = 2 },
            "approve_plan" => Review() with { ApprovePlan = true },
            _ => Review() with { Kind = null, Prompt = "Fix it" },
        };

        var problem = await ApiClient.ProblemAsync(await client.PostAsync("/api/tasks", request), HttpStatusCode.BadRequest);

        Assert.Equal(line, problem.Title);
    }

    private SubmitTaskRequest Review() => new(api.Repository.Path, "") { Kind = TaskKind.Review, HeadRef = "refs/pull/7/head" };
}

/// <summary>An API with a repository that has a pull request as hosting services keep it.</summary>
public sealed class ReviewableFixture : IAsyncLifetime
{
    private readonly ApiFixture api = new();

    internal CodexService.Testing.TestRepository Repository => api.Repository;

    public async Task InitializeAsync()
    {
        await api.InitializeAsync();
        var commit = Repository.Git("commit-tree", "HEAD^{tree}", "-p", "HEAD", "-m", "of a fork").Trim();
        Repository.Git("update-ref", "refs/pull/7/head", commit);
    }

    public Task DisposeAsync() => api.DisposeAsync();

    internal ApiClient Client() => api.Client();
}
