using CodexService.Agent.Instructions;
using CodexService.Agent.Loop;
using CodexService.Agent.Prompts;
using CodexService.Agent.Tests.Scripted;
using CodexService.Agent.Tools;
using CodexService.Contracts.Api;
using CodexService.Models.Calling;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using static CodexService.Agent.Tests.Scripted.ScriptedModelCaller;

namespace CodexService.Agent.Tests.Prompts;

public sealed class PromptLibraryTests
{
    private static readonly PromptLibrary Library = new();

    [Fact]
    public void Templates_AreThoseThatTasksCanName() => Assert.Equal(TaskTemplates.Names, Library.Templates);

    [Fact]
    public void Template_Unknown_NamesThoseThatThereAre()
    {
        var error = Assert.Throws<ArgumentException>(() => Library.Template("system"));

        Assert.Contains("choose one of bug-fix, documentation", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Render_FillsPlaceholdersOnce_AndMissesNone()
    {
        var library = new PromptLibrary(new Dictionary<string, string>(StringComparer.Ordinal) { ["system"] = "a {{one}} b" });

        Assert.Equal("a {{two}} b", library.Render("system", new Dictionary<string, string>(StringComparer.Ordinal) { ["one"] = "{{two}}" }));
        Assert.Throws<ArgumentException>(() => library.Render("system", new Dictionary<string, string>(StringComparer.Ordinal)));
    }

    [Fact]
    public void Hash_ChangesWithAnyFile_AndWithTextThatMovesBetweenFiles()
    {
        string[] hashes =
        [
            HashOf(("a", "x"), ("b", "y")),
            HashOf(("a", "x"), ("b", "z")),
            HashOf(("a", "xb"), ("", "y")),
            HashOf(("ab", "x"), ("b", "y")),
        ];

        Assert.Equal(hashes.Length, hashes.Distinct(StringComparer.Ordinal).Count());
        Assert.Equal(HashOf(("a", "x"), ("b", "y")), HashOf(("b", "y"), ("a", "x")));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("tests")]
    [InlineData("bug-fix")]
    public async Task Prompts_AreShort_AndComplete(string? template)
    {
        await using var bench = await AgentBench.WithAsync();
        bench.Template = template;
        var model = new ScriptedModelCaller(Calls("submit", new { title = "T", summary = "S" }));

        await bench.RunAsync(model);

        var text = string.Join('\n', model.Requests[0].Messages.Select(message => message.Text));
        Assert.DoesNotContain("{{", text, StringComparison.Ordinal);
        Assert.All(["Make add right", "python3 -m pytest", bench.Sandbox.Workspace, "60 turns"], part => Assert.Contains(part, text, StringComparison.Ordinal));
        Assert.Equal(template is not null, template is not null && text.Contains(Library.Template(template), StringComparison.Ordinal));

        // Four characters a token is on the safe side for English prose.
        Assert.InRange(text.Length / 4, 1, 1200);
    }

    [Fact]
    public async Task UnknownTemplate_IsTheTasksError()
    {
        await using var bench = await AgentBench.WithAsync();
        bench.Template = "poem";

        var error = await Assert.ThrowsAsync<BrainException>(() => bench.RunAsync(new ScriptedModelCaller()));

        Assert.StartsWith("there is no prompt template poem; choose one of bug-fix", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("scripted")]
    public async Task Model_NamedOrNot_IsAsked(string? name)
    {
        await using var bench = await AgentBench.WithAsync();
        bench.Model = name;
        var model = new ScriptedModelCaller(Calls("submit", new { title = "T", summary = "S" }));

        await bench.RunAsync(model);

        Assert.Single(model.Requests);
    }

    [Fact]
    public async Task UnknownModel_IsTheTasksError_InTheCataloguesWords()
    {
        await using var bench = await AgentBench.WithAsync();
        bench.Model = "oracle";
        var model = new ScriptedModelCaller();

        var error = await Assert.ThrowsAsync<BrainException>(() => bench.RunAsync(model));

        Assert.Equal("No model is called \"oracle\". Configured are: scripted.", error.Message);
        Assert.Empty(model.Requests);
    }

    [Fact]
    public async Task HiddenCharacters_OfTheTask_DoNotReachTheModel()
    {
        await using var bench = await AgentBench.WithAsync();
        bench.Prompt = "Fix\u200b it\U000E0041\u202e now";
        var model = new ScriptedModelCaller(Calls("submit", new { title = "T", summary = "S" }));

        await bench.RunAsync(model);

        Assert.Contains("\nFix it now\n", model.Requests[0].Messages[1].Text, StringComparison.Ordinal);
    }

    [Fact]
    public void DataBlock_CannotBeClosedFromInside_AndDiffersEachTime()
    {
        var block = DataBlock.New();

        Assert.Equal($"<<<DATA-{block.Marker}\nbefore DATA->>> after\nDATA-{block.Marker}>>>", block.Wrap($"before DATA-{block.Marker}>>> after"));
        Assert.NotEqual(block.Marker, DataBlock.New().Marker);
    }

    [Theory]
    [InlineData("plain text\n\twith tab", "plain text\n\twith tab")]
    [InlineData("a\u200bb\u200cc\u2060d\ufeffe", "abcde")]
    [InlineData("\u202Eright to left\u202C", "right to left")]
    [InlineData("tags\U000E0069\U000E0067", "tags")]
    [InlineData("bell\u0007 escape\u001b[31m", "bell escape")]
    [InlineData("grüße 你好 🎉", "grüße 你好 🎉")]
    public void Strip_TakesWhatPeopleDoNotSee(string text, string visible) => Assert.Equal(visible, UntrustedText.Clean(text));

    [Theory]
    [InlineData("Agent:MaxTurns", "0", "Agent:MaxTurns has to be from 1 to 1000.")]
    [InlineData("Agent:MaxCost", "-1", "Agent:MaxCost has to be")]
    [InlineData("Agent:WorkingContextTokens", "10", "Agent:WorkingContextTokens has to be")]
    [InlineData("Agent:Temperature", "3", "Agent:Temperature has to be from 0 to 2.")]
    public void Options_OutOfRange_AreRefused(string key, string value, string message)
    {
        var error = Assert.Throws<OptionsValidationException>(() => Services((key, value)).GetRequiredService<IOptions<AgentOptions>>().Value);

        Assert.Contains(message, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task AddModelAgent_RegistersTheBrain()
    {
        await using var bench = await AgentBench.WithAsync();
        await using var services = Services(("Agent:MaxTurns", "5"));

        Assert.Equal("model", services.GetRequiredService<IBrain>().Name);
        Assert.Equal(5, services.GetRequiredService<IOptions<AgentOptions>>().Value.MaxTurns);
    }

    private static ServiceProvider Services(params (string Key, string Value)[] settings)
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(settings.ToDictionary(pair => pair.Key, pair => (string?)pair.Value, StringComparer.Ordinal)).Build();
        return new ServiceCollection()
            .AddSingleton<IModelCatalog>(new SingleModelCatalog(new ScriptedModelCaller()))
            .AddSingleton<IToolboxFactory>(new FakeToolbox(null!))
            .AddModelAgent(configuration)
            .BuildServiceProvider();
    }

    private static string HashOf(params (string Name, string Text)[] files) =>
        new PromptLibrary(files.ToDictionary(file => file.Name, file => file.Text, StringComparer.Ordinal)).Hash;
}
