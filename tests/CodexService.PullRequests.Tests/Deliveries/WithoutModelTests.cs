using CodexService.Contracts.Api;
using CodexService.Tasks.Deliveries;
using CodexService.Tasks.Workers;
using CodexService.Testing;
using CodexService.Testing.GitHub;
using Microsoft.EntityFrameworkCore;

namespace CodexService.PullRequests.Tests.Deliveries;

/// <summary>What is asked for on GitHub and no worker could do: no task, and one line on the issue.</summary>
public sealed class WithoutModelTests(EmulatedWorld world) : IClassFixture<EmulatedWorld>
{
    private const string HowTo = "set CODEX_MODEL_URL and CODEX_MODEL (or OPENAI_API_KEY, or ANTHROPIC_API_KEY) where the worker runs";

    [Fact]
    public async Task Mention_Plan_IsRefusedInOneLine()
    {
        await WorkerAsync();
        var repository = await world.RepositoryAsync();

        await RefusedAsync(repository, "@codex plan", $"a plan to approve is made by a model, and no model is configured: {HowTo}, or ask without a plan");
    }

    [Fact]
    public async Task Mention_RepositoryWithoutPython_IsRefusedInOneLine()
    {
        await WorkerAsync();
        var repository = await world.RepositoryWithAsync(("package.json", """{"scripts":{"test":"node --test"}}"""));

        await RefusedAsync(
            repository,
            "@codex fix",
            $"no model is configured, and without one only Python code can be worked on, by its failing pytest or unittest tests; this repository has no Python files: {HowTo}");
    }

    [Theory]
    [InlineData("model: large\n", "small", ".codex/config.yml: no model is called \"large\": name one that the service is configured with, or none")]
    [InlineData("model: large\n", null, $".codex/config.yml: the model \"large\" is asked for, and no model is configured: {HowTo}, or ask without the model")]
    [InlineData("model: https://gpu:8000/v1\n", "small", ".codex/config.yml: model has to be the name of a model that the service is configured with: 1 to 64 letters, digits, dots, underscores, hyphens, colons or slashes, and not an address")]
    [InlineData("environment: gpu\n", "small", ".codex/config.yml, line 1: there is no setting environment")]
    public async Task Mention_ConfigurationNamesWhatThereIsNot_IsRefusedInOneLine(string settings, string? model, string line)
    {
        await WorkerAsync(model is null ? [] : [model]);
        var repository = await world.RepositoryAsync((".codex/config.yml", settings));

        await RefusedAsync(repository, "@codex fix", line);
    }

    [Fact]
    public async Task Mention_ConfigurationNamesAModelThatThereIs_IsWorkedOnByIt()
    {
        await WorkerAsync("small", "large");
        var repository = await world.RepositoryAsync((".codex/config.yml", "model: large\n"));

        var delivery = await MentionAsync(repository, "@codex fix");

        Assert.Equal(DeliveryState.Acted, delivery.State);
        await using var db = await world.Services.Contexts.CreateDbContextAsync();
        Assert.Equal("large", (await db.Tasks.SingleAsync(task => task.Id == delivery.TaskId)).Model);
    }

    [Fact]
    public async Task Mention_TheWorkerWithAModelIsAwayForAMoment_IsTaken()
    {
        await WorkerAsync();
        var workers = world.Services.Get<KnownWorkers>();
        await workers.TellAsync("redeployed", new WorkerAbilities(PrefersRepair: false, ["small"]), CancellationToken.None);
        await workers.LeaveAsync("redeployed", CancellationToken.None);
        try
        {
            var repository = await world.RepositoryAsync();

            Assert.Equal(DeliveryState.Acted, (await MentionAsync(repository, "@codex plan")).State);
        }
        finally
        {
            await workers.ForgetAsync("redeployed", CancellationToken.None);
        }
    }

    private async Task RefusedAsync(string repository, string said, string line)
    {
        var delivery = await MentionAsync(repository, said);

        Assert.Equal((DeliveryState.Refused, line, null), (delivery.State, delivery.Decision, delivery.TaskId));

        // What Markdown would make of it is defused with backslashes and entities; the words are there.
        var comment = Assert.Single(await world.CommentsAsync(repository, 1), body => !body.StartsWith('@'));
        Assert.DoesNotContain("small", comment, StringComparison.Ordinal);
        Assert.Contains(line.Split(": ")[0].Split('"')[0].TrimStart('.'), comment.Replace("\\", "", StringComparison.Ordinal), StringComparison.Ordinal);
        await using var db = await world.Services.Contexts.CreateDbContextAsync();
        Assert.Equal(0, await db.TaskOrigins.CountAsync(origin => origin.Repository == repository));
    }

    private async Task<Delivery> MentionAsync(string repository, string said)
    {
        var number = await world.Emulator.OpenIssueAsync(repository, "ann", "Page 2 repeats users", "Steps");
        var id = await world.Emulator.CommentAsync(repository, "ann", number, said);
        return await world.DeliverAsync("issue_comment", new
        {
            action = "created",
            comment = new { id, body = said, user = new { login = "ann", type = "User" } },
            issue = new { number, title = "Page 2 repeats users", body = "Steps", state = "open", user = new { login = "ann", type = "User" } },
            repository = new { id = 1, full_name = repository },
            sender = new { login = "ann", type = "User" },
        });
    }

    // One that says so once, and is taken for up for as long as the test takes.
    private async Task WorkerAsync(params string[] models)
    {
        await world.Services.Get<KnownWorkers>().TellAsync("worker", new WorkerAbilities(PrefersRepair: false, models), CancellationToken.None);
        await Sql.ExecuteAsync(world.Services.Database, "UPDATE workers SET seen_at = seen_at + interval '1 hour' WHERE name = 'worker'");
    }
}
