using System.Diagnostics;
using System.Text.Json;
using CodexService.Agent;
using CodexService.Agent.Loop;
using CodexService.Agent.Tools;
using CodexService.Benchmarks.Running;
using CodexService.Models;
using CodexService.Models.Calling;
using CodexService.Models.Counting;
using CodexService.Sandbox;
using CodexService.Sandbox.Docker;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Options;

namespace CodexService.Benchmarks.Agents;

/// <summary>Times the agent between an answer of its model and the next question, with a model and tools that take no time.</summary>
internal sealed class TurnOverhead : IAsyncDisposable
{
    /// <summary>Turns of which a figure is the mean: enough that masking and the state after it are among them.</summary>
    public const int Measured = 9;

    private const int Unmasked = 2_000_000;
    private static readonly TimeSpan Budget = TimeSpan.FromMinutes(10);

    private readonly ISandbox sandbox;

    private TurnOverhead(ISandbox sandbox) => this.sandbox = sandbox;

    public static async Task<TurnOverhead> OpenAsync(DockerSandboxFactory factory, CancellationToken cancellationToken)
    {
        var opened = await EngineEndpoint.CreateAsync(factory, cancellationToken);
        var made = await opened.RunAsync(
            new SandboxCommand("git init -q . && echo 'x = 1' > a.py && git add -A && git -c user.name=b -c user.email=b@example.org commit -q -m base && echo 'x = 2' > a.py"),
            cancellationToken);
        if (made.Succeeded)
        {
            return new TurnOverhead(opened);
        }

        await opened.DisposeAsync();
        throw new InvalidOperationException($"the repository could not be made: {made.StandardErrorText}");
    }

    /// <summary>Runs one attempt of so many turns and returns the milliseconds of a turn by its number.</summary>
    public async Task<Func<int, double>> MeasureAsync(int turns, bool masks, CancellationToken cancellationToken)
    {
        using var model = new InstantModel();
        var options = new AgentOptions { MaxTurns = turns + 1, MaxTokens = 1_000_000_000 };
        options.WorkingContextTokens = masks ? options.WorkingContextTokens : Unmasked;
        var agent = new ModelAgent(model, new InstantTools(), new(), Options.Create(options), TimeProvider.System);
        await agent.RunAsync(new BrainContext("Make it right", "true", sandbox, Budget, 1, new NoProgress()), cancellationToken);
        return turn => model.Between.Take(turn).TakeLast(Measured).Average();
    }

    public ValueTask DisposeAsync() => sandbox.DisposeAsync();

    /// <summary>A stand-in for a model: it looks at another file each time, and notes when it is asked.</summary>
    private sealed class InstantModel : IModelCaller, IModelCatalog, IDisposable
    {
        private readonly TokenCounter counter = new(new() { Name = "instant", Url = new Uri("http://instant.example/v1"), Model = "instant" }, null, TimeProvider.System);
        private long answered;
        private int asked;

        /// <summary>Milliseconds from each answer to the next question.</summary>
        public List<double> Between { get; } = [];

        public string Name => "instant";

        public int? ContextTokens => null;

        public IReadOnlyList<ModelDescription> Models => [];

        public string? DefaultName => Name;

        public IModelCaller Get(string? name) => this;

        public int CountTokens(string text) => counter.Count(text);

        public void Dispose() => counter.Dispose();

        public Task<ModelAnswer> AskAsync(ModelRequest request, CancellationToken cancellationToken)
        {
            if (asked++ > 0)
            {
                Between.Add(Stopwatch.GetElapsedTime(answered).TotalMilliseconds);
            }

            var call = new FunctionCallContent($"call_{asked}", "view", new Dictionary<string, object?>(StringComparer.Ordinal) { ["path"] = $"src/file{asked}.py" });
            var message = new ChatMessage(ChatRole.Assistant, [new TextContent("I look at the next file."), call]);
            answered = Stopwatch.GetTimestamp();
            return Task.FromResult(new ModelAnswer(message, ModelUsage.None, Name, ChatFinishReason.ToolCalls, TimeSpan.Zero, TimeSpan.Zero));
        }
    }

    /// <summary>A tool that has nothing to do.</summary>
    private sealed class InstantTools : IToolbox, IToolboxFactory
    {
        private const int Characters = 2048;
        private int next;

        public IReadOnlyList<AIFunctionDeclaration> Declarations { get; } = [AIFunctionFactory.CreateDeclaration("view", "View.", JsonDocument.Parse("{}").RootElement)];

        public Task<IToolbox> CreateAsync(BrainContext context, CancellationToken cancellationToken) => Task.FromResult<IToolbox>(this);

        public Task<ToolOutcome> InvokeAsync(FunctionCallContent call, CancellationToken cancellationToken) =>
            Task.FromResult(new ToolOutcome($"{next++} {new string('x', Characters)}"));
    }

    private sealed class NoProgress : IProgress<BrainProgress>
    {
        public void Report(BrainProgress value)
        {
        }
    }
}
