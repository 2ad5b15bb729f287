using System.Text;
using System.Text.Json;
using CodexService.Agent.Context;
using CodexService.Agent.Loop;
using CodexService.Agent.Tools;
using CodexService.Sandbox;
using Microsoft.Extensions.AI;

namespace CodexService.Agent.Tests.Scripted;

/// <summary>Few simple tools: they really change files of the sandbox, but forgive nothing.</summary>
internal sealed class FakeToolbox(ISandbox sandbox) : IToolbox, IToolboxFactory
{
    /// <summary>Every call that was run, as text.</summary>
    public List<string> Invoked { get; } = [];

    /// <summary>What <c>wait</c> says, one after the other.</summary>
    public Queue<string> Waits { get; } = [];

    /// <summary>Runs while a call of <c>hook</c> is running.</summary>
    public Func<CancellationToken, Task> Hook { get; set; } = _ => Task.CompletedTask;

    public IReadOnlyList<AIFunctionDeclaration> Declarations { get; } =
    [
        Declare("write", """{"type":"object","properties":{"path":{"type":"string"},"content":{"type":"string"}},"required":["path","content"]}"""),
        Declare("view", """{"type":"object","properties":{"path":{"type":"string"}},"required":["path"]}"""),
        Declare("plan", """{"type":"object","properties":{"steps":{"type":"string"}},"required":["steps"]}"""),
        Declare("submit", """{"type":"object","properties":{"title":{"type":"string"},"summary":{"type":"string"}},"required":["title","summary"]}"""),
    ];

    public Task<IToolbox> CreateAsync(BrainContext context, CancellationToken cancellationToken) => Task.FromResult<IToolbox>(this);

    public async Task<ToolOutcome> InvokeAsync(FunctionCallContent call, CancellationToken cancellationToken)
    {
        Invoked.Add(CallText.Describe(call));
        string Argument(string name) => CallText.Argument(call, name) ?? "";
        switch (call.Name)
        {
            case "write":
                await RunAsync($"mkdir -p \"$(dirname '{Argument("path")}')\" && cat > '{Argument("path")}'", Argument("content"), cancellationToken);
                return new ToolOutcome($"Wrote {Argument("path")}.") { ChangedFiles = true, Line = $"write {Argument("path")}" };
            case "view":
                var text = await RunAsync($"cat '{Argument("path")}'", "", cancellationToken);
                return text is null ? new ToolOutcome($"There is no file {Argument("path")}.", IsError: true) : new ToolOutcome(text);
            case "plan":
                return new ToolOutcome("Noted.") { Plan = Argument("steps") };
            case "wait":
                return new ToolOutcome(Waits.Dequeue()) { Waited = true };
            case "hook":
                await Hook(cancellationToken);
                return new ToolOutcome("hooked");
            case "submit":
                return new ToolOutcome("Submitted.") { Submission = new Submission(Argument("title"), Argument("summary")) };
            default:
                return new ToolOutcome($"There is no tool {call.Name}.", IsError: true);
        }
    }

    private async Task<string?> RunAsync(string command, string input, CancellationToken cancellationToken)
    {
        var result = await sandbox.RunAsync(
            new SandboxCommand(command) { StandardInput = new MemoryStream(Encoding.UTF8.GetBytes(input)) },
            cancellationToken);
        return result.Succeeded ? result.StandardOutputText : null;
    }

    private static AIFunctionDeclaration Declare(string name, string schema) =>
        AIFunctionFactory.CreateDeclaration(name, $"The {name} of the tests.", JsonDocument.Parse(schema).RootElement);
}
