using System.Text.Json;
using CodexService.Contracts.Api;
using CodexService.Integration.Tests.Stack;
using CodexService.Testing;
using CodexService.Testing.GitHub;
using CodexService.Testing.ScriptedModels;
using Xunit.Abstractions;
using static CodexService.Integration.Tests.ModelBrain.AddTask;

namespace CodexService.Integration.Tests.GitHub;

/// <summary>
/// A push to the base brings our pull request on the emulated GitHub into conflict: a follow-up resolves it by itself, with a scripted
/// model, and the pull request can be merged again.
/// </summary>
public sealed class ConflictsOnGitHubTests(ITestOutputHelper output) : GitHubTest("acme/sums", output)
{
    [Fact]
    public async Task Push_ThatConflictsWithOurPullRequest_IsResolvedInOneCommitWithTwoParents()
    {
        var looked = new TaskCompletionSource();
        await using var model = await ScriptedModelServer.StartAsync(
            Edit,
            RunTests,
            Submit,
            ScriptedTurn.Call("write", new { path = "calc.py", content = "def add(a, b):\n    return float(a + b)\n" }) with { Before = looked.Task },
            RunTests,
            ScriptedTurn.Call("submit", new { title = "Keep both sides", summary = "The float of main and the sum of the pull request." }));
        await using var stack = await StartStandaloneAsync(model);
        await ShowingAsync(stack.Folder, async () =>
        {
            var issue = await Emulator.OpenIssueAsync(Repository, "ann", "add subtracts", "2 and 3 make -1.");
            await LabelAsync(issue);
            var pull = await PullRequestAsync();
            var (number, head) = (pull.GetProperty("number").GetInt32(), Head(pull));

            // The workflow is the base's own change, and is not held.
            var tip = await Emulator.Control.PushAsync(Repository, "main", "ann", new Dictionary<string, string?>(StringComparer.Ordinal)
            {
                ["calc.py"] = "def add(a, b):\n    return float(a - b)\n",
                [".github/workflows/ci.yml"] = "on: [push, pull_request]\n",
            });
            Assert.False((await GetAsync($"pulls/{number}")).GetProperty("mergeable").GetBoolean());
            looked.SetResult();

            // GitHub works out whether it can be merged a moment after the head has moved.
            var resolved = await UntilAsync(
                "the resolution that can be merged",
                async () => await GetAsync($"pulls/{number}") is var now && Head(now) != head && now.GetProperty("mergeable").ValueKind == JsonValueKind.True ? now : default);

            Assert.True(resolved.GetProperty("mergeable").GetBoolean());
            var commit = await GetAsync($"git/commits/{Head(resolved)}");
            Assert.Equal([head, tip], commit.GetProperty("parents").EnumerateArray().Select(parent => parent.GetProperty("sha").GetString()));
            Assert.Contains("Codex-Task: ", commit.GetProperty("message").GetString(), StringComparison.Ordinal);
            Assert.Contains("Co-authored-by: ann", commit.GetProperty("message").GetString(), StringComparison.Ordinal);
            var branch = resolved.GetProperty("head").GetProperty("ref").GetString()!;
            Assert.Equal("def add(a, b):\n    return float(a + b)\n", await FileAsync("calc.py", branch));
            Assert.Equal("on: [push, pull_request]\n", await FileAsync(".github/workflows/ci.yml", branch));

            var id = await UntilAsync("the end of the round", async () => await OnlyTaskAsync(stack.Api) is { Summary.State: TaskState.Succeeded, Prompts.Count: 2 } task ? task : null);
            Assert.Empty(id.PullRequest!.HeldForApproval);
            await Emulator.Control.SetDraftAsync(Repository, number, draft: false);
            await Emulator.SendAsync("ann", HttpMethod.Put, $"repos/{Repository}/pulls/{number}/merge", new { sha = Head(resolved) });
            Assert.Equal("def add(a, b):\n    return float(a + b)\n", await FileAsync("calc.py", "main"));
        });
    }
}
