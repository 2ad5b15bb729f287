using System.Text.Json;
using CodexService.Contracts.Api;

namespace CodexService.Cli.Tests.Commands;

public sealed class AskCommandTests : CommandTest
{
    public override async Task InitializeAsync()
    {
        await base.InitializeAsync();
        Api.Task = Answered();
    }

    [Fact]
    public async Task Ask_Answered_PrintsTheAnswerAloneOnStdout()
    {
        Assert.Equal(0, await Cli.RunAsync("ask", "--repo", ".", "Where are pages cut?"));

        Assert.Equal("In `users/pages.py:8`.\n\nSee `gone.py:3`.\n", Cli.Out.ToString());
        Assert.Contains("not found at the base commit: gone.py:3", Cli.Error.ToString(), StringComparison.Ordinal);
        Assert.Equal(
            $$"""{"repository":"{{Cli.Folder}}","prompt":"Where are pages cut?","test_command":null,"base_ref":null,"attempts":null,"timeout_seconds":null,"brain":null,"kind":"ask"}""",
            Api.Requests.Single(one => one.Method == "POST").Body);
    }

    [Fact]
    public async Task Ask_Json_HasAnswerAndReferences()
    {
        Assert.Equal(0, await Cli.RunAsync("ask", "--repo", ".", "Where?", "--json", "--model", "large", "--timeout", "60"));

        var report = JsonDocument.Parse(Cli.Out.ToString()).RootElement;
        Assert.Equal(("succeeded", "base000"), (report.GetProperty("state").GetString(), report.GetProperty("base_commit").GetString()));
        Assert.StartsWith("In `users", report.GetProperty("answer").GetString(), StringComparison.Ordinal);
        Assert.Equal("""{"path":"gone.py","line":3,"end_line":null,"exists":false}""", JsonSerializer.Serialize(report.GetProperty("references")[1]));
    }

    [Fact]
    public async Task Ask_NoModel_IsOneLineAndExitCode1()
    {
        const string Why = "no model is configured on this worker";
        Api.Task = Sample.Ended(Answered(), TaskState.Failed, Why) with { Answer = null, References = [] };
        Api.Events =
        [
            Sample.Event(1, TaskEventTypes.AttemptFinished, $"Attempt 1: {Why}", new { state = "failed", reason = Why }, 1),
            Sample.Event(2, TaskEventTypes.TaskFinished, $"Finished: failed. {Why}", new { state = "failed", reason = Why }),
        ];

        Assert.Equal(1, await Cli.RunAsync("ask", "--repo", ".", "Where?"));
        Assert.Equal("", Cli.Out.ToString());
        Assert.Contains($"no answer: {Why}\n", Cli.Error.ToString(), StringComparison.Ordinal);
        Assert.Contains("s  Attempt 1: failed\n", Cli.Error.ToString(), StringComparison.Ordinal);
        Assert.Contains("s  Finished: failed\n", Cli.Error.ToString(), StringComparison.Ordinal);
        Assert.Equal(2, Cli.Error.ToString().Split(Why).Length);
    }

    [Fact]
    public async Task Show_Question_TellsAnswerAndChecks()
    {
        Assert.Equal(0, await Cli.RunAsync("show", "1234abcd"));

        var output = Cli.Out.ToString();
        Assert.Contains("✓ users/pages.py:8-9", output, StringComparison.Ordinal);
        Assert.Contains("✗ gone.py:3 (not at the base commit)", output, StringComparison.Ordinal);
        Assert.Contains("✓ Answered", output, StringComparison.Ordinal);
        Assert.DoesNotContain("test command", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Export_WritesTheBundleOfTheLatestAttempt()
    {
        Assert.Equal(0, await Cli.RunAsync("export", "1234abcd", "-o", "out.json"));

        Assert.Equal(ScriptedApi.Replay, await File.ReadAllTextAsync(Path.Combine(Cli.Folder, "out.json")));
        Assert.Contains(Api.Requests, one => one.PathAndQuery == $"/api/tasks/{Sample.Id}/attempts/1/replay");
        Assert.Equal(0, await Cli.RunAsync("export", "1234abcd", "--attempt", "2", "-o", "-"));
        Assert.EndsWith(ScriptedApi.Replay, Cli.Out.ToString(), StringComparison.Ordinal);
        Assert.Contains(Api.Requests, one => one.PathAndQuery == $"/api/tasks/{Sample.Id}/attempts/2/replay");
    }

    [Theory]
    [InlineData("echo \"$@\"; exit 0", 0, "replay-bundle {0}/b.json --repo {0} --prompts", "")]
    [InlineData("echo differs; exit 2", 2, "differs", "")]
    [InlineData("echo noise >&2; echo 'codex-service: this is not a replay bundle' >&2; exit 1", 1, "", "error: this is not a replay bundle\n")]
    public async Task Replay_HandsOverToTheServicesProgram(string script, int code, string output, string error)
    {
        var program = Path.Combine(Cli.Folder, "program");
        Scripts.Write(program, $"#!/bin/sh\n{script}\n");
        await File.WriteAllTextAsync(Path.Combine(Cli.Folder, "b.json"), "{}");
        Cli.Variables["CODEX_STANDALONE"] = program;

        Assert.Equal(code, await Cli.RunAsync("replay", "b.json", "--repo", ".", "--prompts"));
        Assert.Equal(string.Format(System.Globalization.CultureInfo.InvariantCulture, output, Cli.Folder), Cli.Out.ToString().TrimEnd('\n'));
        Assert.Equal(error, Cli.Error.ToString());
    }

    [Fact]
    public async Task Replay_NoFile_IsOneLine()
    {
        Assert.Equal(1, await Cli.RunAsync("replay", "nothing.json"));
        Assert.Contains("nothing.json: give a replay bundle", Cli.Error.ToString(), StringComparison.Ordinal);
    }

    private static TaskDetail Answered()
    {
        var task = Sample.Succeeded();
        return task with
        {
            Summary = task.Summary with { Kind = TaskKind.Ask, Brain = "model", Reason = "answered", PullRequestNumber = null, PullRequestState = null },
            TestCommand = "",
            Patch = null,
            Verification = null,
            PullRequest = null,
            Branch = null,
            HeadCommit = null,
            Answer = "In `users/pages.py:8`.\n\nSee `gone.py:3`.",
            References = [new AnswerReference("users/pages.py", 8, 9, true), new AnswerReference("gone.py", 3, null, false)],
        };
    }
}
