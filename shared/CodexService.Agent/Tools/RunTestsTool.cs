using System.Globalization;
using System.Text;
using CodexService.Sandbox;

namespace CodexService.Agent.Tools;

/// <summary><c>run_tests</c>: the command that proves the change, whole or for chosen tests.</summary>
internal sealed class RunTestsTool(ISandbox sandbox, ToolProgram program, string testCommand, ToolboxOptions options, WorkProgress progress) : AgentTool(
    "run_tests",
    "Runs the tests of the task and ends with exit code, counts and failing tests.",
    """{"tests": "tests/test_app.py"}""",
    new ToolParameter("tests", ToolParameterType.String, "Only these test files or names, separated by spaces. Default: all.", false, "test", "path", "paths", "files"))
{
    private const int ShownFailures = 10;

    /// <inheritdoc/>
    protected override async Task<ToolOutcome> InvokeAsync(ToolArguments arguments, CancellationToken cancellationToken)
    {
        var command = testCommand;
        if (arguments.OptionalText("tests") is { } tests && !string.IsNullOrWhiteSpace(tests))
        {
            var (chosen, wrong) = TestCommandLine.ForTests(testCommand, tests);
            if (chosen is null)
            {
                return new ToolOutcome($"run_tests: {wrong}", IsError: true);
            }

            command = chosen;
        }

        var result = await sandbox.RunAsync(new SandboxCommand($"exec 2>&1\n{command}") { Timeout = options.TestTimeout }, cancellationToken);
        progress.NoteTests(options.ReadOnly ? null : await program.FingerprintAsync(cancellationToken));

        var output = CommandOutput.Read(result.StandardOutput, options.OutputCharacters, share: 0.2);
        var last = Conclude(result, TestSummary.Read(result.StandardOutput));
        var text = new StringBuilder("$ ").Append(UntrustedText.Line(command, 300)).Append('\n');
        text.Append(output.Length == 0 ? "(no output)" : output).Append("\n\n").Append(last);
        return new ToolOutcome(text.ToString(), IsError: result.Stopped != CommandStop.None)
        {
            ChangedFiles = !options.ReadOnly,
            Waited = true,
            Line = UntrustedText.Line($"tests: {last}"),
        };
    }

    private string Conclude(CommandResult result, TestSummary summary)
    {
        var text = new StringBuilder($"exit code {result.ExitCode}");
        if (summary.Passed is { } passed && summary.Failed is { } failed)
        {
            text.Append(CultureInfo.InvariantCulture, $"; {passed} passed, {failed} failed");
        }

        if (summary.FailedTests.Count > 0)
        {
            text.Append("; failing: ").AppendJoin(", ", summary.FailedTests.Take(ShownFailures));
            if (summary.FailedTests.Count > ShownFailures)
            {
                text.Append(CultureInfo.InvariantCulture, $" and {summary.FailedTests.Count - ShownFailures} more");
            }
        }

        return result.Stopped switch
        {
            CommandStop.TimedOut => $"Stopped after {options.TestTimeout.TotalSeconds:0} seconds; {text}",
            CommandStop.OutputLimit => $"Stopped because of too much output; {text}",
            CommandStop.OutOfMemory => $"Stopped, out of memory; {text}",
            _ => text.ToString(),
        };
    }
}
