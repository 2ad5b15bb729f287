using CodexService.Agent.Instructions;
using CodexService.Agent.Tools;
using CodexService.Sandbox;

namespace CodexService.Agent.Loop;

/// <summary>What the work changed so far, asked of git inside the sandbox, also when the model committed meanwhile.</summary>
internal sealed class WorkspaceChanges
{
    private const int MostLines = 40;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private static readonly IReadOnlyDictionary<string, string> NoConfiguration = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["GIT_CONFIG_GLOBAL"] = "/dev/null",
        ["GIT_CONFIG_NOSYSTEM"] = "1",
        ["GIT_OPTIONAL_LOCKS"] = "0",
    };

    private readonly ISandbox sandbox;
    private readonly string baseCommit;

    private WorkspaceChanges(ISandbox sandbox, string baseCommit) => (this.sandbox, this.baseCommit) = (sandbox, baseCommit);

    /// <summary>Remembers the base commit; call it before anything is changed.</summary>
    /// <exception cref="SandboxException">The sandbox is gone.</exception>
    public static async Task<WorkspaceChanges> StartAsync(ISandbox sandbox, CancellationToken cancellationToken)
    {
        var head = await RunAsync(sandbox, "git rev-parse HEAD", cancellationToken);
        return new WorkspaceChanges(sandbox, head.Succeeded ? head.StandardOutputText.Trim() : "HEAD");
    }

    /// <summary>Changed and new files with their numbers of lines; empty when nothing changed; <see langword="null"/> when git cannot say.</summary>
    /// <exception cref="SandboxException">The sandbox is gone.</exception>
    public async Task<string?> SummarizeAsync(CancellationToken cancellationToken)
    {
        var result = await RunAsync(
            sandbox,
            $"set -o pipefail; {{ git -c core.quotePath=false diff --stat=100 --no-ext-diff --no-textconv {baseCommit} -- && git -c core.quotePath=false ls-files --others --exclude-standard | grep -vE '(^|/)(__pycache__|\\.pytest_cache)/' | sed 's/^/ new: /'; }} | head -n {MostLines}",
            cancellationToken);

        // grep ends with 1 when nothing is new, head closes the pipe on many lines; only silence with an error says nothing.
        return result.StandardOutput.IsEmpty && result.ExitCode != 0 && !result.StandardError.IsEmpty
            ? null
            : UntrustedText.Clean(result.StandardOutputText).TrimEnd();
    }

    private static Task<CommandResult> RunAsync(ISandbox sandbox, string command, CancellationToken cancellationToken) => sandbox.RunAsync(
        new SandboxCommand(command) { Timeout = Patience, Environment = NoConfiguration, OutputBytes = 1 << 20 },
        cancellationToken);
}
