using System.Text.Json;
using CodexService.Agent;
using CodexService.Sandbox;

namespace CodexService.Repair;

/// <summary>
/// The brain that needs no model: it runs the search engine (<c>Engine/</c>, Python) inside the sandbox, where alone the
/// untrusted tree may be executed, and reads what the engine says. Thread-safe.
/// </summary>
internal sealed class RepairAgent(TimeProvider time) : IBrain
{
    private const string EngineFolder = "/tmp/codex-repair";

    // The engine ends by itself at its budget; this is for an engine that does not.
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(30);

    public string Name => "repair";

    public async Task<BrainResult> RunAsync(BrainContext context, CancellationToken cancellationToken)
    {
        var config = JsonSerializer.SerializeToUtf8Bytes(new
        {
            prompt = context.Prompt,
            test_command = context.TestCommand,
            workspace = context.Sandbox.Workspace,
            budget_seconds = context.Budget.TotalSeconds,
            attempt = context.AttemptNumber,
        });
        await context.Sandbox.UploadAsync(EnginePackage.With(config), EngineFolder, cancellationToken);
        var output = new EngineOutput(context.Progress, time);
        var run = await context.Sandbox.RunAsync(
            new SandboxCommand($"exec python3 -m codex_repair {EngineFolder}/config.json")
            {
                WorkingDirectory = context.Sandbox.Workspace,
                Timeout = context.Budget + Grace,
                Environment = new Dictionary<string, string>(StringComparer.Ordinal)
                {
                    ["PYTHONPATH"] = EngineFolder,
                    ["PYTHONDONTWRITEBYTECODE"] = "1",
                },
                OnStandardOutput = output.Append,
            },
            cancellationToken);
        return output.Result ?? throw new BrainException(output.Error ?? Explain(run));
    }

    private static string Explain(CommandResult run)
    {
        var lastLine = run.StandardErrorText.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).LastOrDefault();
        return $"the repair engine ended without a result (exit code {run.ExitCode}): {run.Error ?? lastLine ?? "it said nothing"}";
    }
}
