using System.Runtime.CompilerServices;
using CodexService.Agent.Journal;
using CodexService.Agent.Loop;
using CodexService.Agent.Prompts;
using CodexService.Agent.Tests.Repositories;
using CodexService.Agent.Tests.Scripted;
using CodexService.Agent.Tools;
using CodexService.Verification.Export;
using Xunit.Abstractions;
using static CodexService.Agent.Tests.Scripted.ScriptedModelCaller;

namespace CodexService.Agent.Tests.Journal;

/// <summary>
/// An attempt that was recorded once, replayed with today's prompts and tools: whoever changes what a model is told sees it
/// here. When the change is meant, record it anew and read the difference in the commit:
/// <c>CODEX_RECORD=1 dotnet test tests/CodexService.Agent.Tests -c Release --filter RecordedAttemptTests</c>.
/// </summary>
public sealed class RecordedAttemptTests(RepositorySandboxes sandboxes, ITestOutputHelper output) : IClassFixture<RepositorySandboxes>
{
    private const string Again = "If that is meant: CODEX_RECORD=1 dotnet test tests/CodexService.Agent.Tests -c Release --filter RecordedAttemptTests";

    private static readonly SmallRepository Repository = new("recorded", "python3 -m pytest -q", NativeTools: true)
    {
        Files =
        [
            ("AGENTS.md", "Keep functions short.\n"),
            ("shop/__init__.py", ""),
            ("shop/cart.py", "def total(prices, discount=0):\n    \"\"\"The sum less the discount in percent.\"\"\"\n    return sum(prices) - discount\n\n\ndef count(prices):\n    return len(prices)\n"),
            ("tests/test_cart.py", "from shop.cart import count, total\n\n\ndef test_total():\n    assert total([50, 50], discount=10) == 90\n\n\ndef test_discount():\n    assert total([100, 100], discount=10) == 180\n\n\ndef test_count():\n    assert count([1, 2]) == 2\n"),
        ],
        Task = "The discount of a cart is taken as an amount, not in percent. Fix `total` in shop/cart.py.",
        Prompted = "",
        Moves = [],
        Changed = ["shop/cart.py"],
        Patched = "",
    };

    [Fact]
    public async Task RecordedAttempt_ReplayedToday_IsTheSame()
    {
        if (Environment.GetEnvironmentVariable("CODEX_RECORD") == "1")
        {
            await RecordAsync();
        }

        var bundle = await ReadAsync();
        await using var sandbox = await sandboxes.OpenAsync(Repository);
        var replayer = new BundleReplayer(Toolboxes(), new PromptLibrary(), Options(), TimeProvider.System);

        var opening = await replayer.CompareOpeningAsync(bundle, sandbox, CancellationToken.None);
        var calls = await replayer.ReplayAsync(bundle, sandbox, CancellationToken.None);

        foreach (var call in calls.Where(call => !call.Same))
        {
            output.WriteLine($"turn {call.Turn}: {call.Call}\n{string.Join('\n', LineDifference.Of(call.Recorded ?? "", call.Now ?? ""))}");
        }

        Assert.True(calls.All(call => call.Same), $"The tools answer {calls.Count(call => !call.Same)} calls in another way. {Again}");
        Assert.True(opening.IsSame, $"The first prompts differ:\n{string.Join('\n', [.. opening.Tools, .. opening.Lines])}\n{Again}");
        Assert.Equal(bundle.Patch, (await PatchExporter.ExportAsync(sandbox, null, CancellationToken.None)).Patch);
        Assert.Contains("+    return sum(prices) * (100 - discount) / 100\n", bundle.Patch, StringComparison.Ordinal);
    }

    // Every tool once, and the mistakes that models make most.
    private async Task RecordAsync()
    {
        await using var sandbox = await sandboxes.OpenAsync(Repository);
        var journal = new InMemoryTurnJournal();
        const string Right = "    return sum(prices) * (100 - discount) / 100";
        var model = new ScriptedModelCaller(
            Calls("search", new { pattern = "discount" }),
            Calls("view", new { path = "shop/basket.py" }),
            Calls("view", new { path = "shop/cart.py" }),
            Calls("run_tests", new { }),
            Says("The discount has to be a share."),
            Calls("plan", new { text = "1. fix total\n2. run the tests" }),
            Calls("edit", new { path = "shop/cart.py", old = "return total(prices)", @new = Right }),
            Calls("edit", new { path = "shop/cart.py", old = "    return sum(prices) - discount", @new = "    return (sum(prices)" }),
            Garbles("edit"),
            Calls("edit", new { path = "shop/cart.py", old = "    return sum(prices) - discount", @new = Right }),
            Calls("submit", new { title = "Take the discount in percent", summary = "It was an amount." }),
            Calls("run_tests", new { tests = "tests/test_cart.py" }),
            Calls("shell", new { command = "cd shop && git diff --stat" }),
            Calls("submit", new { title = "Take the discount in percent", summary = "`total` subtracted the number itself." }));
        await new ModelAgent(new SingleModelCatalog(model), Toolboxes(), new PromptLibrary(), Options(), TimeProvider.System).RunAsync(
            new BrainContext(Repository.Task, Repository.TestCommand, sandbox, TimeSpan.FromMinutes(10), 1, new Progress<BrainProgress>()) { Journal = journal, Template = "bug-fix" },
            CancellationToken.None);
        var patch = (await PatchExporter.ExportAsync(sandbox, null, CancellationToken.None)).Patch;
        var bundle = ReplayBundle.From(journal, Repository.Task, Repository.TestCommand, "", patch) with { Template = "bug-fix" };
        await using var file = File.Create(BundleFile());
        await bundle.WriteAsync(file, CancellationToken.None);
    }

    private static async Task<ReplayBundle> ReadAsync()
    {
        await using var file = File.OpenRead(BundleFile());
        return await ReplayBundle.ReadAsync(file, CancellationToken.None);
    }

    private static string BundleFile([CallerFilePath] string here = "") => Path.Combine(Path.GetDirectoryName(here)!, "recorded-attempt.replay.json");

    private static ToolboxFactory Toolboxes() => new(Microsoft.Extensions.Options.Options.Create(new ToolboxOptions()));

    private static Microsoft.Extensions.Options.IOptions<AgentOptions> Options() => Microsoft.Extensions.Options.Options.Create(new AgentOptions());
}
