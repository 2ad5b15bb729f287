using CodexService.Agent.Journal;
using CodexService.Agent.Loop;
using CodexService.Agent.Prompts;
using CodexService.Agent.Reviews;
using CodexService.Models;
using CodexService.Sandbox;
using CodexService.Testing;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Options;

namespace CodexService.Agent.Tests.Scripted;

/// <summary>A real git work tree in a folder, the fake tools on it, and a brain that asks a scripted model.</summary>
internal sealed class AgentBench : IAsyncDisposable
{
    private readonly LocalProcessSandbox sandbox = new();

    private AgentBench() => Tools = new FakeToolbox(sandbox);

    public FakeToolbox Tools { get; }

    public ISandbox Sandbox => sandbox;

    public AgentOptions Options { get; } = new() { RepositoryMapTokens = 0 };

    public InMemoryTurnJournal Journal { get; set; } = new();

    public ITurnGate Gate { get; set; } = ITurnGate.Open;

    public TestClock Clock { get; } = new();

    public string Prompt { get; set; } = "Make add right";

    public string? Template { get; set; }

    public string? Model { get; set; }

    public bool ApprovePlan { get; set; }

    public TimeSpan UsedTime { get; set; }

    public bool IsQuestion { get; set; }

    public ReviewSubject? Review { get; set; }

    public int Attempt { get; set; } = 1;

    public int TemperatureSteps { get; set; }

    public TurnLimits? Limits { get; set; }

    public TurnLimits? Added { get; set; }

    public int InheritedTurns { get; set; }

    public EarlierWork? Earlier { get; set; }

    public IUserBudget UserBudget { get; set; } = IUserBudget.Open;

    /// <summary>Another journal than <see cref="Journal"/>.</summary>
    public ITurnJournal? JournalToUse { get; set; }

    public List<BrainProgress> Progress { get; } = [];

    public static async Task<AgentBench> WithAsync(params (string Path, string Content)[] files)
    {
        var bench = new AgentBench();
        foreach (var (path, content) in files.DefaultIfEmpty(("app.py", "def add(a, b):\n    return a - b\n")))
        {
            var full = Path.Combine(bench.Sandbox.Workspace, path);
            Directory.CreateDirectory(Path.GetDirectoryName(full)!);
            await File.WriteAllTextAsync(full, content);
        }

        var made = await bench.Sandbox.RunAsync(
            new SandboxCommand("git init -q -b main . && git add -A && git -c user.name=t -c user.email=t@example.org commit -q -m base"), CancellationToken.None);
        Assert.True(made.Succeeded, made.StandardErrorText);
        return bench;
    }

    public Task<BrainResult> RunAsync(IModelCaller model, CancellationToken cancellationToken = default) =>
        new ModelAgent(new SingleModelCatalog(model), Tools, new PromptLibrary(), Microsoft.Extensions.Options.Options.Create(Options), Clock).RunAsync(Context(), cancellationToken);

    public BrainContext Context() => new(Prompt, "python3 -m pytest", Sandbox, TimeSpan.FromMinutes(10), Attempt, new Sink(Progress))
    {
        Journal = JournalToUse ?? Journal,
        Limits = Limits,
        Added = Added,
        InheritedTurns = InheritedTurns,
        Earlier = Earlier,
        UserBudget = UserBudget,
        Gate = Gate,
        Template = Template,
        Model = Model,
        TemperatureSteps = TemperatureSteps,
        ApprovePlan = ApprovePlan,
        UsedTime = UsedTime,
        IsQuestion = IsQuestion,
        Review = Review,
    };

    public string Read(string path) => File.ReadAllText(Path.Combine(Sandbox.Workspace, path));

    /// <summary>The text of the results and notes at the end of a prompt, after its last answer.</summary>
    public static string NewsOf(ModelRequest request) => string.Join('\n', request.Messages
        .Reverse().TakeWhile(message => message.Role != ChatRole.Assistant).Reverse()
        .SelectMany(message => message.Contents)
        .Select(content => content is FunctionResultContent result ? (string)result.Result! : content is TextContent text ? text.Text : ""));

    public ValueTask DisposeAsync() => sandbox.DisposeAsync();

    private sealed class Sink(List<BrainProgress> reports) : IProgress<BrainProgress>
    {
        public void Report(BrainProgress value) => reports.Add(value);
    }
}
