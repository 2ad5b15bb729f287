using System.Text.Json;
using CodexService.Contracts;
using CodexService.Contracts.Api;

namespace CodexService.Cli.Tests.Commands;

public sealed class RoundCommandsTests : CommandTest
{
    [Fact]
    public async Task FollowUp_SendsThePromptAndTellsHowToFollow()
    {
        Assert.Equal(0, await Cli.RunAsync("follow-up", "1234abcd", "Also round it", "--test", "make test"));
        Assert.Equal("Round 2 of task 1234abcd is queued; ./codex watch 1234abcd follows it.\n", Cli.Out.ToString());
        Assert.Equal(new FollowUpRequest("Also round it", "make test"), Sent<FollowUpRequest>("/follow-ups"));
    }

    [Fact]
    public async Task Continue_SendsWhatIsAdded()
    {
        Assert.Equal(0, await Cli.RunAsync("continue", "1234abcd", "--turns", "20", "--cost", "0.5", "--timeout", "600"));
        Assert.Equal("Task 1234abcd goes on and is queued; ./codex watch 1234abcd follows it.\n", Cli.Out.ToString());
        Assert.Equal(new ContinueTaskRequest(20, null, 0.5m, 600), Sent<ContinueTaskRequest>("/continue"));
    }

    [Theory]
    [InlineData("--turns", "0", "--turns is 1 to 1000, not 0")]
    [InlineData("--tokens", "5", "--tokens is 1000 to 1000000000, not 5")]
    [InlineData("--cost", "much", "--cost is 0.0001 to 1000000, not much")]
    [InlineData("--timeout", "5", "--timeout is 10 to 86400, not 5")]
    public async Task Continue_OutOfRange_IsOneLine(string option, string value, string line)
    {
        Assert.Equal(1, await Cli.RunAsync("continue", "1234abcd", option, value));
        Assert.StartsWith($"error: {line}", Cli.Error.ToString(), StringComparison.Ordinal);
        Assert.Empty(Api.Requests);
    }

    [Fact]
    public async Task Submit_WithLimits_SendsThemAndWithoutSendsNone()
    {
        Assert.Equal(0, await Cli.RunAsync("submit", "--repo", ".", "--task", "x", "--max-turns", "40", "--max-tokens", "50000", "--max-cost", "1.5"));
        Assert.Equal(new TaskLimits(40, 50_000, 1.5m), Sent<SubmitTaskRequest>("/api/tasks").Limits);
        Assert.Equal(0, await Cli.RunAsync("submit", "--repo", ".", "--task", "x"));
        Assert.DoesNotContain("limits", Api.Requests[^1].Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Submit_BudgetUsedUp_IsNotRepeated()
    {
        Api.Failures.Enqueue(System.Net.HttpStatusCode.TooManyRequests);
        Assert.Equal(1, await Cli.RunAsync("submit", "--repo", ".", "--task", "x"));
        Assert.Single(Api.Requests);
    }

    private T Sent<T>(string path) =>
        JsonSerializer.Deserialize<T>(Api.Requests.Single(request => request.Method == "POST" && request.PathAndQuery.EndsWith(path, StringComparison.Ordinal)).Body, JsonConventions.Options)!;
}
