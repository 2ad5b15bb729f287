using System.Text.Json;
using CodexService.Contracts.Api;

namespace CodexService.Cli.Tests.Commands;

public sealed class AttemptCommandsTests : CommandTest
{
    private const string Table =
        """
          rank  attempt  works with           state      tests  broken  lines  tokens   time
             1        3  model large at 0.35  verified      14       0      6    1200  9.0 s  ✓ chosen
             2        1  repair               verified      14       0      8       –  4.0 s
             –        2  model small at 0.2   no change     11       2     40     300  7.0 s
             –        4  model                running        –       –      –       –      –

        """;

    public override async Task InitializeAsync()
    {
        await base.InitializeAsync();
        Api.Task = Api.Task with
        {
            Attempts =
            [
                Attempt(1, AttemptState.Succeeded, 4) with { Brain = "repair", Verified = true, Rank = 2, TestsPassed = 14, Regressions = 0, PatchLines = 8 },
                Attempt(2, AttemptState.NoChange, 7) with { Brain = "model", Model = "small", Temperature = 0.2, TestsPassed = 11, Regressions = 2, PatchLines = 40, Usage = new(7, 200, 0, 100, 0) },
                Attempt(3, AttemptState.Succeeded, 9) with { Brain = "model", Model = "large", Temperature = 0.35, Verified = true, Rank = 1, IsChosen = true, TestsPassed = 14, Regressions = 0, PatchLines = 6, Usage = new(9, 1000, 0, 200, 0.01m) },
                Attempt(4, AttemptState.Running, 0) with { Brain = "model" },
            ],
        };
    }

    [Fact]
    public async Task Attempts_Several_AreComparedBestFirst()
    {
        Assert.Equal(0, await Cli.RunAsync("attempts", "1234abcd"));
        Assert.Equal("\n" + Table, Cli.Out.ToString());
    }

    [Theory]
    [InlineData("run", "--repo", ".", "--task", "x")]
    [InlineData("watch", "1234abcd")]
    [InlineData("show", "1234abcd")]
    public async Task Result_SeveralAttempts_ShowsTheTableBeforeTheVerdict(params string[] command)
    {
        Assert.Equal(0, await Cli.RunAsync(command));
        Assert.Contains(Table + "\n✓ Verified", Cli.Out.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Report_SeveralAttempts_ListsThem()
    {
        Assert.Equal(0, await Cli.RunAsync("run", "--repo", ".", "--task", "x", "--json", "-"));
        var attempts = JsonDocument.Parse(Cli.Out.ToString()).RootElement.GetProperty("attempts");
        Assert.Equal(4, attempts.GetArrayLength());
        Assert.Equal(
            """{"number":3,"state":"succeeded","brain":"model","model":"large","temperature":0.35,"verified":true,"tests_passed":14,"regressions":0,"patch_lines":6,"rank":1,"is_chosen":true}""",
            JsonSerializer.Serialize(attempts[2]));
    }

    [Theory]
    [InlineData(TaskState.Publishing, "Attempt 1 is chosen; the task is publishing. ./codex watch 1234abcd follows it.")]
    [InlineData(TaskState.Running, "Attempt 1 is chosen; the other attempts are being stopped. ./codex watch 1234abcd follows it.")]
    public async Task Choose_Verified_SaysWhatIsNow(TaskState after, string line)
    {
        Api.StateAfterChoice = after;
        Assert.Equal(0, await Cli.RunAsync("choose", "1234abcd", "1"));
        Assert.Equal(line + "\n", Cli.Out.ToString());
        Assert.Equal($"/api/tasks/{Sample.Id}/attempts/1/choose", Api.Requests.Single(one => one.Method == "POST").PathAndQuery);
    }

    [Fact]
    public async Task Choose_Unverified_IsTheApisLine()
    {
        Assert.Equal(1, await Cli.RunAsync("choose", "1234abcd", "2"));
        Assert.Equal("error: Attempt 2 cannot be chosen.\n", Cli.Error.ToString());
    }

    [Fact]
    public async Task Diff_OfOneAttempt_PrintsThatPatchByteForByte()
    {
        Api.AttemptPatches[2] = Sample.Patch.Replace("* size\n", "* size  # twice\n", StringComparison.Ordinal);
        Assert.Equal(0, await Cli.RunAsync("diff", "1234abcd", "--attempt", "2"));
        Assert.Equal(Api.AttemptPatches[2], Cli.Out.ToString());
        Assert.Equal(1, await Cli.RunAsync("diff", "1234abcd", "--attempt", "4"));
        Assert.Equal("error: Attempt 4 has no patch.\n", Cli.Error.ToString());
    }

    [Fact]
    public async Task Submit_ModelsAndBoth_ReachTheApi()
    {
        Assert.Equal(0, await Cli.RunAsync("submit", "--repo", ".", "--task", "x", "--brain", "both", "--models", "small, team/large:2"));
        var body = JsonDocument.Parse(Api.Requests.Single(one => one.Method == "POST").Body).RootElement;
        Assert.Equal("both", body.GetProperty("brain").GetString());
        Assert.Equal(["small", "team/large:2"], body.GetProperty("models").EnumerateArray().Select(name => name.GetString()));
    }

    private static AttemptInfo Attempt(int number, AttemptState state, double seconds) =>
        new(Guid.NewGuid(), number, state, null, 1, "w", Sample.Start, null, 0) { Usage = new AttemptUsage(seconds, 0, 0, 0, 0) };
}
