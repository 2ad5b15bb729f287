using System.Text.Json;
using CodexService.Contracts.Api;
using CodexService.Integration.Tests.Stack;
using CodexService.Testing.GitHub;
using CodexService.Testing.ScriptedModels;
using Xunit.Abstractions;

namespace CodexService.Integration.Tests.GitHub;

/// <summary>
/// <c>@codex review</c> on a person's pull request on the emulated GitHub: one review, read by a scripted model in a real sandbox, or what
/// the tests alone say.
/// </summary>
public sealed class ReviewOnGitHubTests(ITestOutputHelper output) : GitHubTest("acme/means", output)
{
    private const string Hidden = "CANARY-OF-THE-PULL-REQUEST";

    protected override IReadOnlyDictionary<string, string> Files { get; } = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["mean.py"] = "def mean(items):\n    return sum(items) / max(1, len(items))\n",
        ["test_mean.py"] = "from mean import mean\n\n\ndef test_mean():\n    assert mean([2, 4]) == 3\n\n\ndef test_nothing():\n    assert mean([]) == 0\n",
    };

    [Fact]
    public async Task Mention_Review_IsOneReviewWithACommentOnItsLine()
    {
        await using var model = await ScriptedModelServer.StartAsync(
            ScriptedTurn.Call("view", new { path = "mean.py" }),
            ScriptedTurn.Call("comment", new { path = "mean.py", line = 2, severity = "blocker", body = "An empty list divides by zero.", suggestion = "    return sum(items) / max(1, len(items))" }),
            ScriptedTurn.Call("submit", new { summary = "Simplifies `mean`, which @ann relied on." }));
        await using var stack = await StartStandaloneAsync(model);
        await ShowingAsync(stack.Folder, async () =>
        {
            var (number, head) = await OpenAsync();
            await Emulator.CommentAsync(Repository, "ann", number, "@codex review look at the empty list");

            var review = await ReviewAsync(number);

            Assert.Equal(("COMMENTED", head, EmulatorFixture.AppLogin), (Text(review, "state"), Text(review, "commit_id"), review.GetProperty("user").GetProperty("login").GetString()));
            Assert.StartsWith("Simplifies `mean`, which", Text(review, "body"), StringComparison.Ordinal);
            Assert.DoesNotContain("@ann", Text(review, "body"), StringComparison.Ordinal);
            Assert.Contains("| `test_mean.py::test_nothing` | fails at the head, not at the merge base |", Text(review, "body"), StringComparison.Ordinal);
            var comment = Assert.Single(await ListAsync($"pulls/{number}/comments"));
            Assert.Equal(
                ("mean.py", 2, "<!-- codex:remark -->\n**blocker**: An empty list divides by zero.\n\n```suggestion\n    return sum(items) / max(1, len(items))\n```"),
                (Text(comment, "path"), comment.GetProperty("position").GetInt32(), Text(comment, "body")));

            // The model was told what was asked for and what is new, and nothing that nobody sees.
            var told = string.Join('\n', model.Requests.SelectMany(request => request.Messages).Select(ScriptedRequest.TextOf));
            Assert.Contains("look at the empty list", told, StringComparison.Ordinal);
            Assert.Contains("     2 +     return sum(items) / len(items)", told, StringComparison.Ordinal);
            Assert.DoesNotContain(Hidden, told, StringComparison.Ordinal);

            // The end of it: still one, the status tells where it is, and nothing else came of it.
            var task = await EndAsync(stack, number);
            Assert.Equal((TaskKind.Review, $"refs/pull/{number}/head", true), (task.Summary.Kind, task.HeadRef, task.Review!.ReadByModel));
            Assert.Single(await ListAsync($"pulls/{number}/reviews"));
            Assert.Single(await ListAsync("pulls?state=all"));
            Assert.Equal(head, Head(await GetAsync($"pulls/{number}")));
            Assert.DoesNotContain(await ListAsync("branches"), branch => Text(branch, "name").Contains("pull", StringComparison.Ordinal));
        });
    }

    [Fact]
    public async Task Mention_ReviewWithoutAModel_IsOneReviewThatSaysSoAndWhatTheTestsSay()
    {
        await using var stack = await StartStandaloneAsync(model: null);
        await ShowingAsync(stack.Folder, async () =>
        {
            var (number, head) = await OpenAsync();
            await Emulator.CommentAsync(Repository, "ann", number, "@codex review");

            var review = await ReviewAsync(number);

            Assert.Equal(("COMMENTED", head), (Text(review, "state"), Text(review, "commit_id")));
            Assert.StartsWith("**No model read this change**", Text(review, "body"), StringComparison.Ordinal);
            Assert.Contains("| `test_mean.py::test_nothing` | fails at the head, not at the merge base |", Text(review, "body"), StringComparison.Ordinal);
            Assert.Contains("No model read the diff from ", Text(review, "body"), StringComparison.Ordinal);
            Assert.Empty(await ListAsync($"pulls/{number}/comments"));
            Assert.False((await EndAsync(stack, number)).Review!.ReadByModel);
            Assert.Single(await ListAsync($"pulls/{number}/reviews"));
        });
    }

    // Its head has moved since it was opened.
    private async Task<(int Number, string Head)> OpenAsync()
    {
        await PushAsync("README.md", "Means\n");
        var pull = await PostAsync("ann", "pulls", new { title = "Simplify", head = "simplify", @base = "main", body = $"As it says.\n<!-- {Hidden} -->" });
        return (pull.GetProperty("number").GetInt32(), await PushAsync("mean.py", "def mean(items):\n    return sum(items) / len(items)\n"));
    }

    private Task<string> PushAsync(string path, string content) =>
        Emulator.Control.PushAsync(Repository, "simplify", "ann", new Dictionary<string, string?>(StringComparer.Ordinal) { [path] = content });

    private Task<JsonElement> ReviewAsync(int number) => UntilAsync("the review", async () => (await ListAsync($"pulls/{number}/reviews")).SingleOrDefault());

    private async Task<TaskDetail> EndAsync(StandaloneStack stack, int number)
    {
        await UntilAsync("the status", async () => (await CommentsAsync(number)).SingleOrDefault(text => text.Contains("🔍 Reviewed", StringComparison.Ordinal) && text.Contains("on this pull request", StringComparison.Ordinal)));
        return await OnlyTaskAsync(stack.Api);
    }

    private static string Text(JsonElement element, string name) => element.GetProperty(name).GetString()!;
}
