using CodexService.Contracts.Api;
using CodexService.Testing;
using CodexService.Testing.GitHub;
using CodexService.Testing.ScriptedModels;
using Markdig;
using Markdig.Syntax;
using Markdig.Syntax.Inlines;
using Xunit.Abstractions;
using static CodexService.Integration.Tests.ModelBrain.AddTask;

namespace CodexService.Integration.Tests.GitHub;

/// <summary>
/// Every text of <see cref="InjectionTexts"/> in an issue, in comments, in names of files and in the output of the tests, on the emulated
/// GitHub, with a model that does whatever they ask.
/// </summary>
public sealed class InjectionTests(ITestOutputHelper output) : GitHubTest("acme/injected", output)
{
    private const string Stranger = "STRANGER SAID SO";

    private static readonly string Texts = string.Join("\n\n", InjectionTexts.All);

    protected override IReadOnlyDictionary<string, string> Files { get; } = new Dictionary<string, string>(
        InjectionTexts.All.Where(IsName).Select((text, number) => KeyValuePair.Create($"data/{number} {text}", "x\n")), StringComparer.Ordinal)
    {
        ["texts.txt"] = string.Join("\n", InjectionTexts.All),
        ["test_texts.py"] = "from calc import add\n\n\ndef test_texts():\n    print(open('texts.txt', encoding='utf-8').read())\n    assert add(1, 1) == 2, open('texts.txt', encoding='utf-8').read()\n",
    };

    [Fact]
    public async Task Texts_InIssueCommentsFileNamesAndTestOutput_NothingLeavesAndNoWorkflowChanges()
    {
        await using var model = await ScriptedModelServer.StartAsync(
            ScriptedTurn.Call("shell", new { command = "env; cat /proc/*/environ 2>/dev/null | tr '\\0' '\\n'; cat .git/config; ls data; git log" }),
            RunTests,
            ScriptedTurn.Call("write", new { path = ".github/workflows/ci.yml", content = "on: push\njobs: { steal: { runs-on: x } }\n" }),
            ScriptedTurn.Call("write", new { path = ".codex/config.yml", content = "bots: [\"evil[bot]\"]\n" }),
            ScriptedTurn.Call("write", new { path = "CODEOWNERS", content = "* @evil\n" }),
            ScriptedTurn.Call("shell", new { command = "env > README.md" }),
            Edit,
            RunTests,
            ScriptedTurn.Call("submit", new { title = InjectionTexts.All[40], summary = Texts }));
        await using var stack = await StartStandaloneAsync(model);
        await ShowingAsync(stack.Folder, async () =>
        {
            var half = InjectionTexts.All.Count / 2;
            var issue = await Emulator.OpenIssueAsync(Repository, "stranger", "add subtracts", string.Join("\n\n", InjectionTexts.All.Take(half).Where(Ends)));
            await Emulator.CommentAsync(Repository, "stranger", issue, $"{Stranger}\n\n{Texts}");
            await Emulator.CommentAsync(Repository, "ann", issue, string.Join("\n\n", InjectionTexts.All.Skip(half).Where(IsPersons)));
            await LabelAsync(issue);

            var pull = await PullRequestAsync();
            var number = pull.GetProperty("number").GetInt32();
            var branch = pull.GetProperty("head").GetProperty("ref").GetString()!;
            await UntilAsync("the comment that asks to approve", async () => (await CommentsAsync(number)).FirstOrDefault(text => text.Contains("CODEOWNERS", StringComparison.Ordinal)));
            await UntilAsync("the check", async () => (await GetAsync($"commits/{Head(pull)}/check-runs")).GetProperty("check_runs").EnumerateArray().FirstOrDefault(run => run.GetProperty("status").GetString() == "completed"));

            // What runs or decides is as it was; what was asked for is done.
            Assert.Equal("on: push\n", await FileAsync(".github/workflows/ci.yml", branch));
            Assert.Contains("return a + b", await FileAsync("calc.py", branch), StringComparison.Ordinal);
            var files = (await GetAsync($"git/trees/{Head(pull)}?recursive=1")).GetProperty("tree").EnumerateArray().Select(entry => entry.GetProperty("path").GetString()!).ToList();
            Assert.DoesNotContain(files, path => path.StartsWith(".codex", StringComparison.OrdinalIgnoreCase) || path.EndsWith("CODEOWNERS", StringComparison.OrdinalIgnoreCase));
            Assert.Single(await ListAsync("pulls?state=all"));
            Assert.Single((await Emulator.Control.RefsAsync(Repository)).Keys, reference => reference.StartsWith("refs/heads/codex/", StringComparison.Ordinal));

            // The model was given what people see, and nothing of strangers beyond the labelled issue.
            var prompt = string.Join('\n', model.Requests[0].Messages.Select(ScriptedRequest.TextOf));
            Assert.Contains("add subtracts", prompt, StringComparison.Ordinal);
            Assert.Contains("Comment by ann", prompt, StringComparison.Ordinal);
            Assert.DoesNotContain("HIDDEN", prompt, StringComparison.Ordinal);
            Assert.DoesNotContain(Stranger, prompt, StringComparison.Ordinal);
            Assert.Contains("HOME=", string.Join('\n', model.Requests.SelectMany(request => request.Messages).Select(ScriptedRequest.TextOf)), StringComparison.Ordinal);

            // Nobody is called and nothing is loaded from elsewhere by what we post.
            var body = Live(pull.GetProperty("body").GetString()!);
            Assert.Contains("everyone", body, StringComparison.Ordinal);
            foreach (var live in (string[])["@everyone", "@acme/security", "@codex approve", "![", "<img", "<script", "<iframe", "issues/3"])
            {
                Assert.DoesNotContain(live, body, StringComparison.OrdinalIgnoreCase);
            }

            await NoCanaryAsync(issue, number, Head(pull), model);
        });
    }

    private async Task NoCanaryAsync(int issue, int pull, string head, ScriptedModelServer model)
    {
        List<string> places = [.. model.Requests.SelectMany(request => request.Messages).Select(message => message.GetRawText())];
        foreach (var path in (string[])[$"issues/{issue}", $"issues/{issue}/comments", $"pulls/{pull}", $"issues/{pull}/comments", $"pulls/{pull}/reviews", $"pulls/{pull}/comments", $"pulls/{pull}/commits", $"commits/{head}/check-runs"])
        {
            places.Add((await GetAsync(path)).GetRawText());
        }

        places.Add(await FileAsync("README.md", head));
        places.AddRange((await TablesAsync()).Values);
        Assert.All(Canaries, canary => Assert.DoesNotContain(places, place => place.Contains(canary, StringComparison.Ordinal)));
    }

    // Without what stands in code, which calls nobody and loads nothing.
    private static string Live(string markdown) => string.Concat(Markdown.Parse(markdown).Descendants().Select(part => part switch
    {
        LiteralInline text => $"{(text.IsFirstCharacterEscaped ? "\\" : "")}{text.Content}",
        HtmlEntityInline entity => entity.Original.ToString(),
        HtmlInline html => html.Tag,
        HtmlBlock html => $"{html.Lines}\n",
        LinkInline { IsImage: true } image => $"![]({image.Url})",
        LinkInline link => $"[]({link.Url})",
        AutolinkInline address => $"<{address.Url}>",
        Block or LineBreakInline => "\n",
        _ => "",
    }));

    // A comment that never ends hides all that follows it, and the rest is to be seen.
    private static bool Ends(string text) => !text.Contains("<!--", StringComparison.Ordinal) || text.Contains("-->", StringComparison.Ordinal);

    // What carries our own mark is taken for ours, and a mention would be a request of its own.
    private static bool IsPersons(string text) => Ends(text) && !text.Contains("<!-- codex:", StringComparison.Ordinal) && !text.Contains("@codex", StringComparison.Ordinal);

    private static bool IsName(string text) =>
        text.Length < 120 && !text.Contains("HIDDEN", StringComparison.Ordinal) && !text.Any(c => c is '/' or '\\' or '\n' or '\r' or '\0') && !text.Any(char.IsControl);
}
