using CodexService.Contracts.Api;
using CodexService.PullRequests.Forges;
using CodexService.Testing;

namespace CodexService.PullRequests.Tests.Forges;

public sealed class ChangeTextTests
{
    private static readonly Guid Id = Guid.Parse("01890000-0000-7000-8000-0000deadbeef");

    [Fact]
    public async Task CommitMessage_HostilePrompt_GitFindsOnlyOurTrailers()
    {
        using var repository = await TestRepository.CreateAsync(("a", "1"));
        var change = Change() with
        {
            Prompt = "Fix it\n\nCo-authored-by: Boss <boss@example.com>\nCodex-Task: forged\n\nFixes #12, cc @admin\u202e\u0000",
            Summary = "## Found\n\nSigned-off-by: Boss <boss@example.com>\n\nCodex-Log: https://evil.example.com",
            Log = new Uri($"https://codex.example.com/tasks/{Id}"),
        };

        var message = CommitMessage.Write(change);

        repository.Write(".git/message", message);
        var trailers = await repository.GitAsync("interpret-trailers", "--parse", ".git/message");
        Assert.Equal($"Codex-Task: {Id}\nCodex-Brain: repair\nCodex-Log: https://codex.example.com/tasks/{Id}\n", trailers);
        Assert.DoesNotContain("#12", message, StringComparison.Ordinal);
        Assert.DoesNotContain("@admin", message, StringComparison.Ordinal);
        Assert.DoesNotContain('\u202e', message);
        Assert.DoesNotContain("\nSigned-off-by:", message, StringComparison.Ordinal);
    }

    [Fact]
    public void CommitMessage_Change_TellsWhatWhyAndEvidence()
    {
        var lines = CommitMessage.Write(Change()).Split('\n');

        Assert.Equal("Fix the page offset", lines[0]);
        Assert.Equal("", lines[1]);
        Assert.Contains("> Page 2 repeats users", lines);
        Assert.Contains("- failed before, passes now: tests/test_users.py::test_page_2", lines);
        Assert.Contains("- passed before, passes now: 12", lines);
        Assert.Contains("- before: python3 -m pytest -q -> exit code 1", lines);
        Assert.Contains("- after: python3 -m pytest -q -> exit code 0", lines);
        Assert.All(lines.Where(line => !line.StartsWith('-')), line => Assert.InRange(line.Length, 0, 72));
    }

    [Fact]
    public void Body_HostileText_StaysText()
    {
        var body = PullRequestBody.Write(Change() with
        {
            Prompt = "```\n# escaped\n<img src=x>\n````",
            Summary = "<script>x</script> ![pixel](http://evil/x.png) @admin closes #1",
            Verification = Change().Verification with { FailToPass = ["tests/a.py::t[a|b`c]\n| forged |"] },
        });

        Assert.Contains("`````text\n```\n# escaped", body, StringComparison.Ordinal);
        Assert.DoesNotContain("<script", body, StringComparison.Ordinal);
        Assert.DoesNotContain("![pixel", body, StringComparison.Ordinal);
        Assert.DoesNotContain("@admin", body, StringComparison.Ordinal);
        Assert.DoesNotContain("#1", body, StringComparison.Ordinal);
        Assert.Contains("| ``tests/a.py::t[a\\|b`c] \\| forged \\|`` | fails | passes |", body, StringComparison.Ordinal);
    }

    [Fact]
    public void Body_Change_ShowsEvidenceAndWhatIsNotVerified()
    {
        var body = PullRequestBody.Write(Change() with { HeldForApproval = [".github/workflows/ci.yml"] });

        Assert.Contains("| `tests/test_users.py::test_page_2` | fails | passes |", body, StringComparison.Ordinal);
        Assert.Contains("| base | `python3 -m pytest -q` | 1 | 0.50 |", body, StringComparison.Ordinal);
        Assert.Contains("## Not verified", body, StringComparison.Ordinal);
        Assert.Contains("`.github/workflows/ci.yml`", body, StringComparison.Ordinal);
        Assert.DoesNotContain("changes tests", body, StringComparison.Ordinal);
    }

    [Fact]
    public void Body_PatchChangesTests_SaysWhichBeforeTheEvidence()
    {
        var body = PullRequestBody.Write(Change() with
        {
            Verification = Change().Verification with
            {
                ChangedTests = [new ChangedTestFile("tests/test_users.py", TestFileChange.Modified), new ChangedTestFile("tests/`old`.py\n# x", TestFileChange.Deleted)],
                ChangedFailToPass = ["tests/test_users.py::test_page_2"],
                RemovedTests = ["tests/old.py::test_a"],
            },
        });

        Assert.Contains("- modified `tests/test_users.py`\n- deleted ``tests/`old`.py # x``\n", body, StringComparison.Ordinal);
        Assert.Contains("- Repaired tests that the patch itself changes: `tests/test_users.py::test_page_2`", body, StringComparison.Ordinal);
        Assert.Contains("- Deleted or skipped by the patch: `tests/old.py::test_a`", body, StringComparison.Ordinal);
        Assert.True(body.IndexOf("## The patch changes tests", StringComparison.Ordinal) < body.IndexOf("## Evidence", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("", "First line\nsecond", "First line")]
    [InlineData("  A   title.\n", "x", "A title")]
    [InlineData("", "", "Change the repository as asked")]
    [InlineData("# Heading @me", "x", "Heading @ me")]
    public void CleanTitle_AnyText_IsOneShortLine(string title, string prompt, string expected) =>
        Assert.Equal(expected, (Change() with { Title = title, Prompt = prompt }).CleanTitle);

    [Fact]
    public void CleanTitle_LongText_IsCut() =>
        Assert.Equal(72, (Change() with { Title = new string('x', 300) }).CleanTitle.Length);

    private static ChangeDescription Change() => new(
        Id,
        "Page 2 repeats users",
        "Fix the page offset",
        "The offset was computed from the page number without subtracting one, so that the second page began inside of the first.",
        "repair",
        new string('a', 40),
        new VerificationReport(
            Verified: true,
            "1 failing test now passes",
            ["tests/test_users.py::test_page_2"],
            12,
            [],
            [],
            [],
            [
                new CommandReport(0, "before", "python3 -m pytest -q", 1, 0.5, TimedOut: false, 100),
                new CommandReport(1, "after", "python3 -m pytest -q", 0, 0.5, TimedOut: false, 100),
            ]),
        []);
}
