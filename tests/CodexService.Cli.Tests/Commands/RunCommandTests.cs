using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using System.Text.RegularExpressions;
using CodexService.Contracts.Api;

namespace CodexService.Cli.Tests.Commands;

public sealed partial class RunCommandTests : CommandTest
{
    [Fact]
    public async Task Run_Succeeded_PrintsPatchProofAndPlaces()
    {
        Assert.Equal(0, await Cli.RunAsync("run", "--repo", ".", "--task", "Fix the pagination bug"));
        var output = Cli.Out.ToString();
        Assert.Contains(Sample.Patch, output, StringComparison.Ordinal);
        Assert.Contains("fail → pass  tests/test_pages.py::test_second_page", output, StringComparison.Ordinal);
        Assert.Matches(@"before +1 +0\.9 s +python3 -m pytest -q", output);
        Assert.Matches(@"after +0 +0\.9 s +python3 -m pytest -q", output);
        Assert.Contains("✓ Verified · 1 test fixed · 12 still pass · 140 candidates · 9.1 s", output, StringComparison.Ordinal);
        Assert.Contains("codex/fix-the-pagination-bug-1234abcd (1 file, +1 −1)", output, StringComparison.Ordinal);
        Assert.Contains($"#1 open {Api.Url}/pulls/1", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_AllFlags_ReachTheApi()
    {
        await Cli.RunAsync("run", "--repo", "sub/..", "--task", "do it", "--test", "make test", "--base", "v1", "--attempts", "3", "--timeout", "60", "--brain", "model", "--template", "bug-fix", "--model", "team/large:2");
        var request = Api.Requests.Single(one => one.Method == "POST");
        Assert.Equal(
            $$"""{"repository":"{{Cli.Folder}}","prompt":"do it","test_command":"make test","base_ref":"v1","attempts":3,"timeout_seconds":60,"brain":"model","template":"bug-fix","model":"team/large:2"}""",
            request.Body);
        Assert.Equal($"Bearer {ScriptedApi.Token}", request.Headers["Authorization"]);
    }

    [Fact]
    public async Task Run_TaskFromStdinOrFile_IsRead()
    {
        Cli.Input = "from stdin\n";
        await File.WriteAllTextAsync(Path.Combine(Cli.Folder, "task.md"), "from a file");
        await Cli.RunAsync("run", "--repo", "https://example.org/a.git", "--task", "-");
        await Cli.RunAsync("run", "--repo", "git@example.org:a.git", "--task", "@task.md");
        var bodies = Api.Requests.Where(one => one.Method == "POST").Select(one => JsonDocument.Parse(one.Body).RootElement).ToList();
        Assert.Equal("from stdin", bodies[0].GetProperty("prompt").GetString());
        Assert.Equal("https://example.org/a.git", bodies[0].GetProperty("repository").GetString());
        Assert.Equal("from a file", bodies[1].GetProperty("prompt").GetString());
        Assert.Equal("git@example.org:a.git", bodies[1].GetProperty("repository").GetString());
    }

    [Fact]
    public async Task Run_JsonToStdout_IsTheContractAndNothingElse()
    {
        Assert.Equal(0, await Cli.RunAsync("run", "--repo", ".", "--task", "x", "--json", "-"));
        Assert.Equal(
            $$"""
            {
              "task_id": "0199aaaa-0000-7000-8000-00001234abcd",
              "state": "succeeded",
              "brain": "repair",
              "base_commit": "base000",
              "head_commit": "head111",
              "branch": "codex/fix-the-pagination-bug-1234abcd",
              "patch": "diff --git a/users/pages.py b/users/pages.py\n--- a/users/pages.py\n+++ b/users/pages.py\n@@ -7,3 +7,3 @@ def page(items, number, size):\n     \"\"\"One page.\"\"\"\n-    start = (number - 1) * size - 1\n+    start = (number - 1) * size\n     return items[start:start + size]\n",
              "summary": "Changed the start of a page.",
              "verification": {
                "fail_to_pass": [
                  "tests/test_pages.py::test_second_page"
                ],
                "pass_to_pass": 12,
                "broken": [],
                "commands": [
                  {
                    "command": "python3 -m pytest -q",
                    "exit_code": 1,
                    "seconds": 0.91
                  },
                  {
                    "command": "python3 -m pytest -q",
                    "exit_code": 0,
                    "seconds": 0.88
                  }
                ]
              },
              "pull_request": {
                "number": 1,
                "url": "{{Api.Url}}/pulls/1",
                "state": "open"
              },
              "usage": {
                "wall_seconds": 9.1,
                "queue_seconds": 0.02,
                "sandbox_ready_seconds": 0.2,
                "candidates": 140,
                "input_tokens": 0,
                "output_tokens": 0
              }
            }

            """,
            Cli.Out.ToString());
    }

    [Fact]
    public async Task Run_BlockedNetworkAttempts_AreTold()
    {
        var quiet = new NetworkPhase(NamesRecorded: true, AddressesCounted: true, [], 0, 0);
        var tried = quiet with { Names = [.. Enumerable.Range(0, 7).Select(at => new BlockedName($"n{at}.example", 2, ["A"]))], OtherLookups = 3, Addresses = 1 };
        Api.Task = Api.Task with { Verification = Api.Task.Verification! with { Network = new NetworkReport(quiet, quiet, tried, ["n0.example"]) } };

        Assert.Equal(0, await Cli.RunAsync("run", "--repo", ".", "--task", "x", "--json", "report.json"));

        var output = Cli.Out.ToString();
        Assert.Contains("  blocked network  with the patch: n0.example (2×), n1.example (2×), n2.example (2×), n3.example (2×), n4.example (2×), other names (7×), addresses (1×)", output, StringComparison.Ordinal);
        Assert.Contains("  new with this patch  n0.example, addresses", output, StringComparison.Ordinal);
        Assert.DoesNotContain("base:", output, StringComparison.Ordinal);
        using var report = JsonDocument.Parse(await File.ReadAllTextAsync(Path.Combine(Cli.Folder, "report.json")));
        Assert.Equal("n0.example", report.RootElement.GetProperty("verification").GetProperty("network").GetProperty("new_with_patch")[0].GetString());
    }

    [Fact]
    public async Task Run_JsonToFile_WritesItBesideTheResult()
    {
        Assert.Equal(0, await Cli.RunAsync("run", "--repo", ".", "--task", "x", "--json", "report.json"));
        using var report = JsonDocument.Parse(await File.ReadAllTextAsync(Path.Combine(Cli.Folder, "report.json")));
        Assert.Equal("succeeded", report.RootElement.GetProperty("state").GetString());
        Assert.Contains("✓ Verified", Cli.Out.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_ReportCannotBeWritten_IsKnownBeforeTheWork()
    {
        Assert.Equal(1, await Cli.RunAsync("run", "--repo", ".", "--task", "x", "--json", "no/such/report.json"));
        Assert.StartsWith("error: Cannot write the report", OnlyLine(), StringComparison.Ordinal);
        Assert.Empty(Api.Requests);
    }

    [Theory]
    [InlineData(TaskState.NoChange, 2, "No verified patch")]
    [InlineData(TaskState.TimedOut, 2, "Timed out")]
    [InlineData(TaskState.Cancelled, 2, "Cancelled")]
    [InlineData(TaskState.Failed, 1, "Failed")]
    public async Task Run_NoSuccess_SaysWhyAndExitsSo(TaskState state, int code, string headline)
    {
        Api.Task = Sample.Ended(Api.Task, state, "tried 812 candidates");
        Api.Events = Sample.Events("failed");
        Assert.Equal(code, await Cli.RunAsync("run", "--repo", ".", "--task", "x", "--json", "r.json"));
        Assert.Contains($"✗ {headline}", Cli.Out.ToString(), StringComparison.Ordinal);
        Assert.Contains("tried 812 candidates", Cli.Out.ToString(), StringComparison.Ordinal);
        Assert.Contains("\"pull_request\": null", await File.ReadAllTextAsync(Path.Combine(Cli.Folder, "r.json")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_StreamBreaks_ShowsEveryEventOnceAndResumes()
    {
        Api.CutStreamsAfter.AddRange([0, 2, 3]);
        Assert.Equal(0, await Cli.RunAsync("run", "--repo", ".", "--task", "x"));
        Assert.Equal(Sample.Events().Select(item => item.Message), ProgressMessages());
        Assert.Equal(
            ["", "", "2", "5"],
            Api.Requests.Where(one => one.PathAndQuery.EndsWith("/events", StringComparison.Ordinal)).Select(one => one.Headers.GetValueOrDefault("Last-Event-ID", "")));
    }

    [Fact]
    public async Task Run_StreamSkipsEvents_TakesThemFromTheLog()
    {
        Api.LeftOutOfStream.UnionWith([1, 4, 5, 6]);
        Assert.Equal(0, await Cli.RunAsync("run", "--repo", ".", "--task", "x"));
        Assert.Equal(Sample.Events().Select(item => item.Message), ProgressMessages());
    }

    [Fact]
    public async Task Run_ServiceStumbles_RepeatsTheSubmissionUnderOneKey()
    {
        Api.Failures.Enqueue(HttpStatusCode.ServiceUnavailable);
        Api.Failures.Enqueue(HttpStatusCode.BadGateway);
        Assert.Equal(0, await Cli.RunAsync("run", "--repo", ".", "--task", "x"));
        var submissions = Api.Requests.Where(one => one.Method == "POST").ToList();
        Assert.Equal(3, submissions.Count);
        Assert.Single(submissions.Select(one => one.Headers["Idempotency-Key"]).Distinct());
    }

    [Fact]
    public async Task Run_CtrlC_CancelsTheTask()
    {
        Api.RunsUntilCancelled = true;
        Api.Events = Sample.Events()[..5];
        using var stop = new CancellationTokenSource();
        var run = Cli.RunAsync(stop.Token, "run", "--repo", ".", "--task", "x");
        await Api.Streamed.Task.WaitAsync(TimeSpan.FromMinutes(2));
        await stop.CancelAsync();
        Assert.Equal(130, await run);
        Assert.Single(Api.Requests, one => one.PathAndQuery.EndsWith("/cancel", StringComparison.Ordinal));
        Assert.Contains("✗ Cancelled", Cli.Out.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_RefusedSubmission_IsOneLineWithTheApisWords()
    {
        Api.SubmissionProblem = new { title = "There is no branch nope; there is main.", status = 400, errors = new { base_ref = new[] { "There is no branch nope; there is main." } } };
        Assert.Equal(1, await Cli.RunAsync("run", "--repo", ".", "--task", "x", "--base", "nope"));
        Assert.Equal("error: There is no branch nope; there is main.", OnlyLine());
        Assert.Empty(Cli.Out.ToString());
    }

    [Fact]
    public async Task Run_RefusedByFieldAlone_ShowsTheFieldsMessage()
    {
        Api.SubmissionProblem = new { title = "One or more validation errors occurred.", errors = new { prompt = new[] { "The prompt is too long." } } };
        Assert.Equal(1, await Cli.RunAsync("run", "--repo", ".", "--task", "x"));
        Assert.Equal("error: The prompt is too long.", OnlyLine());
    }

    [Fact]
    public async Task Run_WrongToken_SaysWhereItComesFrom()
    {
        Cli.Variables["CODEX_TOKEN"] = "cdx_wrong";
        Assert.Equal(1, await Cli.RunAsync("run", "--repo", ".", "--task", "x"));
        Assert.Contains("does not accept this API token", OnlyLine(), StringComparison.Ordinal);
        Assert.DoesNotContain("cdx_wrong", Cli.Error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_NobodyAtTheNamedAddress_IsOneLine()
    {
        // A port that is taken, so that nobody else's service gets it, and where nobody listens.
        using var taken = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        taken.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        var url = $"http://{taken.LocalEndPoint}";
        Cli.Variables["CODEX_URL"] = url;
        Assert.Equal(1, await Cli.RunAsync("run", "--repo", ".", "--task", "x"));
        Assert.StartsWith($"error: The service at {url} does not answer: ", OnlyLine(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--repo is empty", "run", "--repo", "", "--task", "x")]
    [InlineData("There is no folder", "run", "--repo", "missing", "--task", "x")]
    [InlineData("task is empty", "run", "--repo", ".", "--task", "  ")]
    [InlineData("Cannot read the task from", "run", "--repo", ".", "--task", "@missing")]
    [InlineData("--attempts is 1 to 8, not 9", "run", "--repo", ".", "--task", "x", "--attempts", "9")]
    [InlineData("--timeout is 10 to 86400, not abc", "run", "--repo", ".", "--task", "x", "--timeout", "abc")]
    [InlineData("--attempts is 1 to 8, not abc", "run", "--repo", ".", "--task", "x", "--attempts", "abc")]
    [InlineData("--timeout is 10 to 86400, not 5", "run", "--repo", ".", "--task", "x", "--timeout", "5")]
    [InlineData("--template is one of bug-fix, documentation, feature, refactoring, tests, upgrade, not \"poem\"", "run", "--repo", ".", "--task", "x", "--template", "poem")]
    [InlineData("--models names no model", "run", "--repo", ".", "--task", "x", "--models", " , ")]
    [InlineData("--brain is auto, model, repair or both, not \"magic\"", "run", "--repo", ".", "--task", "x", "--brain", "magic")]
    [InlineData("'--repo' is required", "run", "--task", "x")]
    [InlineData("'--task' is required", "run", "--repo", ".")]
    [InlineData("Unrecognized command or argument 'rnu'. Did you mean run? See ./codex --help.", "rnu")]
    [InlineData("Did you mean show for one task, or list for all?", "status")]
    [InlineData("'mrege'. Did you mean merge? See ./codex pr --help.", "pr", "mrege", "1")]
    [InlineData("Did you mean doctor?", "docter")]
    [InlineData("There is no option --tsk here. Did you mean --task? See ./codex run --help.", "run", "--repo", ".", "--tsk", "x")]
    [InlineData("There is no option --modle here. Did you mean --model?", "ask", "--repo", ".", "--modle")]
    [InlineData("There is no option --port here. See ./codex up --help.", "up", "--port", "9000")]
    [InlineData("There is no option -z here.", "say", "1234abcd", "-z")]
    [InlineData("--attempt is 1 or more, not x", "say", "1234abcd", "text", "--attempt", "x")]
    [InlineData("--limit is 1 to 200, not abc", "list", "--limit", "abc")]
    [InlineData("--limit is 1 to 200, not -1", "list", "--limit", "-1")]
    [InlineData("--limit is 1 to 200, not 201", "list", "--limit", "201")]
    [InlineData("succeeded, no_change, failed, cancelled or timed_out, not \"foo\"", "list", "--state", "foo")]
    [InlineData("timed_out, not \"3\"", "list", "--state", "3")]
    [InlineData("\"x\" is no attempt's number", "choose", "1234abcd", "x")]
    [InlineData("is no task id", "show", "xyz")]
    public async Task Run_BadInput_IsOneLineAndExitCodeOne(string expected, params string[] args)
    {
        Assert.Equal(1, await Cli.RunAsync(args));
        Assert.Contains(expected, OnlyLine(), StringComparison.Ordinal);
        Assert.DoesNotContain(Api.Requests, one => one.Method == "POST");
    }

    [Fact]
    public async Task Run_WithoutATerminal_PrintsNoEscapeCodes()
    {
        await Cli.RunAsync("run", "--repo", ".", "--task", "x");
        Assert.DoesNotContain('\e', Cli.Out.ToString());
        Assert.DoesNotContain('\e', Cli.Error.ToString());
    }

    [Fact]
    public async Task Run_OnATerminal_ShowsStagesAndColours()
    {
        Cli.IsTerminal = true;
        Cli.Width = 80;
        await Cli.RunAsync("run", "--repo", ".", "--task", "x");
        var progress = Escape().Replace(Cli.Error.ToString(), string.Empty);
        Assert.Matches(@"✓ search +1\.0 s  140 candidates tried", progress);
        Assert.Matches(@"✓ verify +", progress);
        Assert.Contains("\e[32m    8 +    start = (number - 1) * size\e[0m", Cli.Out.ToString(), StringComparison.Ordinal);
        Assert.All(progress.Split('\n', '\r'), line => Assert.True(line.Length <= 80, line));
    }

    [Fact]
    public async Task Run_NoColor_ShowsNone()
    {
        Cli.IsTerminal = true;
        Cli.Colours = false;
        await Cli.RunAsync("run", "--repo", ".", "--task", "x");
        Assert.DoesNotMatch(@"\e\[(3|4|9)\d", Cli.Out.ToString() + Cli.Error);
    }

    [Fact]
    public async Task Run_HostileText_CannotSteerTheTerminal()
    {
        Cli.IsTerminal = true;
        Cli.Colours = false;
        Api.Task = Api.Task with { Patch = Sample.Patch.Replace("One page.", "\u001b]0;owned\u0007[red]", StringComparison.Ordinal) };
        Api.Events[2] = Api.Events[2] with { Message = "\u001b[2J[bold]boo" };
        Assert.Equal(0, await Cli.RunAsync("run", "--repo", ".", "--task", "x"));
        Assert.DoesNotContain("\u001b]0;", Cli.Out.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("\u001b[2J", Cli.Error.ToString(), StringComparison.Ordinal);
        Assert.Contains("[red]", Cli.Out.ToString(), StringComparison.Ordinal);
    }

    private string OnlyLine()
    {
        var lines = Cli.Error.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries);
        return Assert.Single(lines);
    }

    private IEnumerable<string> ProgressMessages() => Cli.Error.ToString()
        .Split('\n', StringSplitOptions.RemoveEmptyEntries)
        .Select(line => ProgressLine().Match(line))
        .Where(match => match.Success)
        .Select(match => match.Groups[1].Value);

    [GeneratedRegex(@"^ +\d+\.\d s  (.*)$")]
    private static partial Regex ProgressLine();

    [GeneratedRegex(@"\e\[[0-9;?]*[A-Za-z]")]
    private static partial Regex Escape();
}
