using System.Globalization;
using System.Text;
using CodexService.Sandbox;

namespace CodexService.Agent.Tools;

/// <summary><c>shell</c>: any command; the working folder stays from call to call.</summary>
internal sealed class ShellTool(ISandbox sandbox, ToolboxOptions options) : AgentTool(
    "shell",
    "Runs a bash command and shows exit code and output. The working folder is kept between calls; background processes and variables are not. No network, no input.",
    """{"command": "git diff --stat"}""",
    new ToolParameter("command", ToolParameterType.String, "The command.", true, "cmd", "script", "code", "input"),
    new ToolParameter("timeout_seconds", ToolParameterType.Integer, $"Default {options.ShellTimeout.TotalSeconds:0}.", false, "timeout"))
{
    // Programs that would wait for a key or an editor get none. Nothing else differs from the verification's environment.
    private static readonly Dictionary<string, string> Environment =
        new(StringComparer.Ordinal) { ["PAGER"] = "cat", ["GIT_PAGER"] = "cat", ["GIT_EDITOR"] = "true" };

    private string _folder = sandbox.Workspace;

    /// <inheritdoc/>
    protected override async Task<ToolOutcome> InvokeAsync(ToolArguments arguments, CancellationToken cancellationToken)
    {
        var command = arguments.Text("command");
        if (string.IsNullOrWhiteSpace(command) || command.Contains('\0', StringComparison.Ordinal))
        {
            return new ToolOutcome("shell: \"command\" is empty or holds NUL. Call it like this: {\"command\": \"ls\"}", IsError: true);
        }

        var asked = TimeSpan.FromSeconds(arguments.Number("timeout_seconds") is > 0 and var seconds ? seconds : options.ShellTimeout.TotalSeconds);
        var timeout = asked < options.LongestShellTimeout ? asked : options.LongestShellTimeout;
        var from = _folder;
        var result = await sandbox.RunAsync(
            new SandboxCommand(Script(command)) { Label = command, Timeout = timeout, Environment = Environment }, cancellationToken);
        Follow(result.StandardError.Span);

        var text = new StringBuilder($"exit code {result.ExitCode}");
        if (_folder != sandbox.Workspace || from != _folder)
        {
            text.Append(CultureInfo.InvariantCulture, $", working folder {Shown(_folder)}");
        }

        if (Hint(result, timeout) is { } hint)
        {
            text.Append('\n').Append(hint);
        }

        var output = CommandOutput.Read(result.StandardOutput, options.OutputCharacters, share: 0.5);
        text.Append('\n').Append(output.Length == 0 ? "(no output)" : output);
        var stopped = result.Stopped == CommandStop.None ? "" : ", stopped";
        return new ToolOutcome(text.ToString(), IsError: !result.Succeeded)
        {
            ChangedFiles = !options.ReadOnly,
            Waited = true,
            Line = UntrustedText.Line($"{command} (exit code {result.ExitCode}{stopped})"),
        };
    }

    /// <summary>
    /// Output and errors as one stream in the order they were written. The error stream is left for the folder in which
    /// the command ends.
    /// </summary>
    private string Script(string command) =>
        $"""
        exec 9>&2 2>&1; trap 'printf "%s\0" "$PWD" >&9' EXIT; cd -- {ShellWord.Quote(_folder)} 2>/dev/null || echo "(the working folder is gone; back in the repository root)"
        {command}
        """;

    private void Follow(ReadOnlySpan<byte> reported)
    {
        var end = reported.LastIndexOf((byte)0);
        if (end < 0)
        {
            return;
        }

        reported = reported[..end];
        var folder = Encoding.UTF8.GetString(reported[(reported.LastIndexOf((byte)0) + 1)..]);
        if (folder.StartsWith('/') && !folder.Contains('\ufffd', StringComparison.Ordinal) && folder.Length < 4096)
        {
            _folder = folder;
        }
    }

    private string Shown(string folder) => UntrustedText.Line(
        folder == sandbox.Workspace ? "." : folder.StartsWith(sandbox.Workspace + "/", StringComparison.Ordinal) ? folder[(sandbox.Workspace.Length + 1)..] : folder);

    private string? Hint(CommandResult result, TimeSpan timeout) => result.Stopped switch
    {
        CommandStop.TimedOut => $"Stopped after {timeout.TotalSeconds:0} seconds. Do less at once"
            + (timeout < options.LongestShellTimeout ? $", or give a larger timeout_seconds (at most {options.LongestShellTimeout.TotalSeconds:0})." : "."),
        CommandStop.OutputLimit => "Stopped: too much output. Filter it (grep, head, tail) or send it to a file.",
        CommandStop.OutOfMemory => "Stopped: out of memory. Do less at once.",
        _ => null,
    };
}
